"""Mass [kg] by how it is known: measured, substituted by some method, calculated."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Stand:
    """What one method stands for."""

    standard: str
    verified: bool
    hours: int = 0
    kg: float = 0.0


@dataclass(slots=True)
class Mass:
    """Mass [kg] by how it is known; ``to_plant_kg`` is the part that flows to the park's plant."""

    measured_kg: float = 0.0
    calculated_kg: float = 0.0
    to_plant_kg: float = 0.0
    missing_hours: int = 0
    stands: dict[str, Stand] = field(default_factory=dict)

    @property
    def substituted_kg(self) -> float:
        """Sum over the methods."""
        return sum(stand.kg for stand in self.stands.values())

    @property
    def total_kg(self) -> float:
        """All of it."""
        return self.measured_kg + self.substituted_kg + self.calculated_kg

    @property
    def unsubstituted_hours(self) -> int:
        """Missing hours that nothing stands for."""
        return self.missing_hours - sum(stand.hours for stand in self.stands.values())

    def add(self, other: "Mass") -> None:
        """Add another mass to this one."""
        self.measured_kg += other.measured_kg
        self.calculated_kg += other.calculated_kg
        self.to_plant_kg += other.to_plant_kg
        self.missing_hours += other.missing_hours
        for method, stand in other.stands.items():
            mine = self.stands.setdefault(method, Stand(stand.standard, stand.verified))
            mine.hours += stand.hours
            mine.kg += stand.kg
