"""Safety and emergency: major hazard sources on their SIS, detectors, alerts, silence, windows, cameras."""
