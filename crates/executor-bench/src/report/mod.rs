//! What was measured, for reading: Markdown tables, a page with plots, sections of a README.

mod ink;
mod chart;
mod bars;
mod markdown;
mod marks;
mod plots;
mod page;

pub(crate) use markdown::markdown;
pub(crate) use marks::with_tables;
pub(crate) use page::html;
