"""Everything behind one hour, as a package that can be verified without us."""

from fastapi import APIRouter

router = APIRouter(tags=["records"])
