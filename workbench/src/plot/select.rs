//! The rows inside a region of a plot: how many, whose, their means, and the rows themselves.
//!
//! A selection is among the points the plot counts, drawn or not. Its rows are shown, sorted,
//! filtered and exported as the merged result's own are (`query/page`, `query/export`).

use bytes::Bytes;
use futures::Stream;

use super::{
    PlotKind, PlotSpec, Region, SelectedRows, columns::MISSING, draw::mean, frame::Frame,
    region::Area,
};
use crate::{
    Error, Workbench,
    query::{Order, Page, PageRequest, ResultInfo},
};

impl Workbench {
    /// What lies inside a region, and a page of its rows. On a group axis x counts groups from 0.
    /// The page's `total` is the points, less those its own filters leave out.
    pub async fn select(
        &self,
        result: &ResultInfo,
        spec: &PlotSpec,
        region: &Region,
        request: &PageRequest,
    ) -> Result<SelectedRows, Error> {
        let bench = self.clone();
        let (info, spec) = (result.clone(), spec.clone());
        let (region, request) = (region.clone(), request.clone());
        let work = move || bench.select_now(&info, &spec, &region, &request);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
    }

    /// The selected rows as CSV, all columns, in the result's order: a header even if there is no
    /// row. A reader that goes away ends the work.
    pub fn export_selection(
        &self,
        result: &ResultInfo,
        spec: &PlotSpec,
        region: &Region,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<> {
        let (bench, info) = (self.clone(), result.clone());
        let (spec, region) = (spec.clone(), region.clone());
        self.export_rows(result, move || {
            let frame = Frame::read(&bench, &info, &spec)?;
            let points = inside(&frame, &spec, &region)?;
            Ok(points
                .iter()
                .map(|&point| frame.rows[point as usize])
                .collect())
        })
    }

    fn select_now(
        &self,
        info: &ResultInfo,
        spec: &PlotSpec,
        region: &Region,
        request: &PageRequest,
    ) -> Result<SelectedRows, Error> {
        let frame = Frame::read(self, info, spec)?;
        let points = inside(&frame, spec, region)?;
        let mut people: Vec<u32> = points
            .iter()
            .map(|&point| frame.participant[point as usize])
            .filter(|&participant| participant != MISSING)
            .collect();
        people.sort_unstable();
        people.dedup();
        let has_x = frame.groups.is_empty() && spec.x.is_some();
        let has_y = spec.kind != PlotKind::Histogram;
        let rows: Vec<u32> = points
            .iter()
            .map(|&point| frame.rows[point as usize])
            .collect();
        Ok(SelectedRows {
            points: points.len() as u64,
            participants: people.len() as u64,
            mean_x: has_x.then(|| mean(&frame.x, &points)).flatten(),
            mean_y: has_y.then(|| mean(&frame.y, &points)).flatten(),
            page: self.page_among(info, request, rows)?,
        })
    }

    /// A page of some of the rows, given in the result's order.
    fn page_among(
        &self,
        info: &ResultInfo,
        request: &PageRequest,
        mut rows: Vec<u32>,
    ) -> Result<Page, Error> {
        // Without sort and filters the result's own order, which the rows already have.
        if let Order::Rows(order) = &*self.order(info, request)? {
            let last = rows.last().map_or(0, |&row| row as usize + 1);
            let mut is_chosen = vec![false; last];
            for &row in &rows {
                is_chosen[row as usize] = true;
            }
            let is_in = |row: &u32| is_chosen.get(*row as usize).copied().unwrap_or(false);
            rows = order.iter().copied().filter(is_in).collect();
        }
        let total = rows.len();
        let start = usize::try_from(request.offset)
            .unwrap_or(usize::MAX)
            .min(total);
        let limit = request.limit.min(PageRequest::MAX_LIMIT) as usize;
        Ok(Page {
            offset: start as u64,
            total: total as u64,
            rows: self.shown_rows(info, &rows[start..total.min(start + limit)])?,
        })
    }
}

/// Points inside, ascending.
fn inside(frame: &Frame, spec: &PlotSpec, region: &Region) -> Result<Vec<u32>, Error> {
    let area = Area::new(region, frame, spec.kind != PlotKind::Histogram)?;
    let points = 0..frame.len();
    Ok(points
        .filter(|&point| area.has(frame, point))
        .map(|point| point as u32)
        .collect())
}
