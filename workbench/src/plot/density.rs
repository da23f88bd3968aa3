//! Density: all points counted into cells, and the line a scatter would have.

use super::{
    Panel, PlotSpec,
    frame::Frame,
    scale::{Cells, Scale, range_of},
    scatter,
};

/// Cells along each axis: about as many as the eye tells apart, and a small answer.
const ACROSS: usize = 60;
const UP: usize = 40;

/// Fills in cells (those with points) and edges, the same in every panel.
pub(super) fn draw(frame: &Frame, spec: &PlotSpec, panels: &mut [Panel], notes: &mut Vec<String>) {
    let across = cells(&frame.x, frame.scale_x, ACROSS);
    let up = cells(&frame.y, frame.scale_y, UP);
    let (Some(across), Some(up)) = (across, up) else {
        return;
    };
    let mut counts = vec![vec![0_u32; ACROSS * UP]; panels.len()];
    for point in 0..frame.len() {
        let [x, y] = frame.place(point);
        counts[frame.facet[point] as usize][up.of(y) * ACROSS + across.of(x)] += 1;
    }
    for (panel, counts) in panels.iter_mut().zip(counts) {
        panel.edges = values(&across, frame.scale_x);
        panel.y_edges = values(&up, frame.scale_y);
        panel.cells = (0_u32..)
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(at, count)| [at % ACROSS as u32, at / ACROSS as u32, count])
            .collect();
    }
    scatter::fits(frame, spec, panels, notes);
}

fn cells(values: &[f64], scale: Scale, count: usize) -> Option<Cells> {
    range_of(values.iter().map(|&value| scale.place(value))).map(|range| Cells::new(range, count))
}

fn values(cells: &Cells, scale: Scale) -> Vec<f64> {
    cells
        .edges()
        .into_iter()
        .map(|edge| scale.value(edge))
        .collect()
}
