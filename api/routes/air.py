"""Air quality: AQI by the edition of the data, compliance, sand-dust episodes, roses."""

from fastapi import APIRouter

router = APIRouter(tags=["air"])
