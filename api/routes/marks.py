"""Marks on data, with their vouchers and deadlines."""

from fastapi import APIRouter

router = APIRouter(tags=["validity"])
