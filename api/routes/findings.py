"""Checks of drift, and findings about data (待核查线索) that a person has to look at."""

from fastapi import APIRouter

router = APIRouter(tags=["validity"])
