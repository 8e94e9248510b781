// SPDX-License-Identifier: Apache-2.0
//! `terrace providers`

use crate::{
	context::Context,
	failure::Failure,
	output::{table, Output},
	render::{endpoint_text, provider_json},
};
use serde_json::json;
use terrace_client::amount::{format_amount, format_bytes};
use terrace_layers::views::ProviderView;

/// Lists the storage providers, cheapest first.
pub async fn run(context: &Context) -> Result<Output, Failure> {
	let mut all = context.contract().await?.providers().await?;
	all.sort_by_key(|provider| (!provider.accepting, provider.offer.price));
	let json = json!({ "providers": all.iter().map(provider_json).collect::<Vec<_>>() });
	if all.is_empty() {
		return Ok(Output::new("no provider is registered", json));
	}
	let head = ["provider", "price/GiB/window", "free", "windows", "accepting", "endpoint"];
	let rows: Vec<_> = all.iter().map(row).collect();
	Ok(Output::new(table(&head, &rows), json))
}

fn row(view: &ProviderView) -> Vec<String> {
	let offer = &view.offer;
	vec![
		view.who.to_string(),
		format_amount(offer.price),
		format_bytes(offer.capacity.saturating_sub(view.used)),
		format!("{}-{}", offer.min_windows, offer.max_windows),
		if view.accepting { "yes" } else { "no" }.into(),
		endpoint_text(&offer.endpoint),
	]
}
