/// The index that a position outside `0..length` is mirrored to, without repeating the edge
/// (`-1` is `1`, `length` is `length - 2`): ONNX `Pad` in mode `reflect`. It goes on mirroring
/// for as long as it takes, so any position has an index; where there is one element, that one.
pub(crate) fn reflect(position: isize, length: usize) -> usize {
    debug_assert!(length > 0);
    if length == 1 {
        return 0;
    }
    let period = 2 * (length as isize - 1);
    let folded = position.rem_euclid(period);
    folded.min(period - folded) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_outside_are_mirrored_at_the_edges() {
        let five: Vec<_> = (-4..=8).map(|position| reflect(position, 5)).collect();
        assert_eq!(five, [4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0]);
        assert_eq!((reflect(-3, 2), reflect(7, 2), reflect(-3, 1)), (1, 1, 0));
    }
}
