"""Hours and days over their limit, and where an hour that has begun is going."""

from fastapi import APIRouter

router = APIRouter(tags=["records"])
