"""Serializers for input, and for the responses in the OpenAPI document. Projections build the responses themselves."""
