"""1C by its standard OData interface: documents of sale and their returns."""
