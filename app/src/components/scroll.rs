//! A list that scrolls through all its rows while only those on screen are made.

use leptos::{html::Div, prelude::*};

use super::window::{Port, Window};

/// What scrolls, and which rows of it are to be made. Copies share one.
#[derive(Clone, Copy)]
pub(crate) struct Scroll {
    /// The element that scrolls: `on:scroll` calls [`Scroll::measure`].
    pub(crate) element: NodeRef<Div>,
    /// Unknown until the page is alive.
    pub(crate) port: Memo<Option<Port>>,
    pub(crate) window: Memo<Window>,
    height: RwSignal<Option<f64>>,
    top: RwSignal<f64>,
}

impl Scroll {
    /// So many rows of one height, behind a head that stays in sight; both in pixels. Until the page is alive the
    /// `first` rows are made.
    pub(crate) fn new(row: f64, head: f64, total: Memo<u64>, first: Memo<u64>) -> Self {
        let element = NodeRef::new();
        let (height, top) = (RwSignal::new(None::<f64>), RwSignal::new(0.0));
        let port = Memo::new(move |_| {
            Some(Port {
                top: top.get(),
                height: (height.get()? - head).max(row),
                row,
                total: total.get(),
            })
        });
        let window = Memo::new(move |_| match port.get() {
            Some(port) => port.window(),
            None => Window {
                first: 0,
                len: first.get().min(total.get()),
            },
        });
        let scroll = Self {
            element,
            port,
            window,
            height,
            top,
        };
        Effect::new(move |_| {
            element.track();
            scroll.measure();
        });
        let resized = window_event_listener(leptos::ev::resize, move |_| scroll.measure());
        on_cleanup(move || resized.remove());
        scroll
    }

    /// Looks how large the element is and how far it is scrolled.
    pub(crate) fn measure(self) {
        if let Some(element) = self.element.try_get_untracked().flatten() {
            self.height.set(Some(f64::from(element.client_height())));
            self.top.set(f64::from(element.scroll_top()));
        }
    }

    /// Scrolls to so many pixels from the top.
    pub(crate) fn to(self, pixels: f64) {
        if let Some(element) = self.element.try_get_untracked().flatten() {
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a list")]
            element.set_scroll_top(pixels.round() as i32);
        }
    }

    /// The style of the empty row that stands for those above the rows made, or below them.
    pub(crate) fn gap(self, is_above: bool) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || {
            let pixels = self.port.get().map_or(0.0, |port| {
                let window = self.window.get();
                match is_above {
                    true => port.above(window),
                    false => port.below(window),
                }
            });
            ["height:", &pixels.round().to_string(), "px"].concat()
        }
    }
}
