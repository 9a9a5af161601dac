"""The form of input, and of answers for the OpenAPI document. What is answered is made by the projections."""
