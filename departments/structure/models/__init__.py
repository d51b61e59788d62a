from departments.structure.models.brand import BrandKit
from departments.structure.models.company import Company, Outlet
from departments.structure.models.department import Department, Direction, Unit

__all__ = ["BrandKit", "Company", "Department", "Direction", "Outlet", "Unit"]
