"""Trains, measures and exports the style network of Brushwork."""
