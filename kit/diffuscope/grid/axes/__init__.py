"""What varies in a grid."""
