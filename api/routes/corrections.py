"""Corrections beside the data, months that are finalised, the chain that binds both."""

from fastapi import APIRouter

router = APIRouter(tags=["records"])
