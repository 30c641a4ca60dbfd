"""Which data came and are valid: coverage, effective rate, findings about the data."""

from fastapi import APIRouter

router = APIRouter(tags=["validity"])
