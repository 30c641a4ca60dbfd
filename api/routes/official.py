"""Official records: hours, days, months and years, and as they stood on an earlier day."""

from fastapi import APIRouter

router = APIRouter(tags=["records"])
