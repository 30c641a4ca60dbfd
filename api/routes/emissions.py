"""Emitted mass against what is permitted, and the four water rates."""

from fastapi import APIRouter

router = APIRouter(tags=["emissions"])
