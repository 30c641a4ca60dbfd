"""Reports of a day, month or year, kept with their checksums."""

from fastapi import APIRouter

router = APIRouter(tags=["reports"])
