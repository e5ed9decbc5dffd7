"""Computing the cells of a grid."""
