//! An even random choice of points, the same every time the same plot is drawn.

/// Places `0..of` of which `take` are chosen, ascending, each equally likely (Knuth, The Art of
/// Computer Programming 2, 3.4.2, algorithm S). The seed decides which: a redrawn plot must not
/// flicker.
pub(super) fn choose(take: usize, of: usize, seed: &str) -> Vec<usize> {
    let mut state = seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut chosen = Vec::with_capacity(take.min(of));
    for place in 0..of {
        let (left, wanted) = ((of - place) as u64, (take - chosen.len()) as u64);
        // The upper half of a 128-bit product: a number in 0..left without the bias of `%`.
        let draw = (u128::from(next(&mut state)) * u128::from(left)) >> 64;
        if draw < u128::from(wanted) {
            chosen.push(place);
            if chosen.len() == take {
                break;
            }
        }
    }
    chosen
}

/// SplitMix64 (Steele, Lea & Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn exactly_as_many_are_chosen_in_order_and_evenly() {
        let chosen = choose(10_000, 100_000, "a");
        assert_eq!(chosen.len(), 10_000);
        assert!(chosen.is_sorted_by(|a, b| a < b));
        for tenth in 0..10 {
            let range = tenth * 10_000..(tenth + 1) * 10_000;
            let count = chosen.iter().filter(|place| range.contains(*place)).count();
            // Five standard deviations of a hypergeometric draw.
            assert!((count as i64 - 1_000).abs() < 150, "tenth {tenth}: {count}");
        }
        assert_ne!(chosen, choose(10_000, 100_000, "b"));
        assert_eq!(choose(7, 5, "a"), vec![0, 1, 2, 3, 4]);
    }
}
