// SPDX-License-Identifier: Apache-2.0
//! Contracts and providers as people and programs read them.

use serde_json::{json, Value};
use std::time::{SystemTime, UNIX_EPOCH};
use terrace_client::{
	amount::{format_amount, format_bytes, format_duration, format_time},
	http::endpoint_url,
};
use terrace_layers::{
	views::{ContractState, ContractView, ProofChainView, ProviderView},
	Endpoint,
};

/// A contract for programs; amounts are strings in the smallest unit.
pub fn contract_json(view: &ContractView) -> Value {
	json!({
		"id": view.id,
		"state": view.state,
		"client": view.client,
		"provider": view.provider,
		"root": view.root,
		"size": view.size,
		"proof_chain": view.proof_chain,
		"rate": view.rate.to_string(),
		"windows": view.windows,
		"escrow": view.escrow.to_string(),
		"expires_at": view.expires_at,
		"leg": view.leg,
		"start": view.start,
		"end": view.end,
		"reported": view.reported,
		"proven": view.proven,
		"faults": view.faults,
		"outages": view.outages,
		"paid": view.paid.to_string(),
		"refundable": view.refundable.to_string(),
		"compensated": view.compensated.to_string(),
		"interval": view.interval,
		"collateral": view.collateral.to_string(),
	})
}

/// A contract for people.
pub fn contract_text(view: &ContractView, chain: Option<&ProofChainView>) -> String {
	let mut lines = vec![
		format!("contract {}: {}", view.id, state(view.state)),
		format!("  content id  {}", view.root),
		format!("  size        {}", format_bytes(view.size)),
		format!("  client      {}", view.client),
		format!("  provider    {}", view.provider),
		format!("  price       {} a window", format_amount(view.rate)),
		format!("  escrow      {}", format_amount(view.escrow)),
	];
	if view.state == ContractState::Proposed {
		lines.push(format!("  windows     {} ordered", view.windows));
		lines.push(format!("  expires     after block {}", view.expires_at));
		return lines.join("\n");
	}
	let total = total_windows(view);
	lines.push(format!(
		"  windows     {} of {total} settled: {} proven, {} faults, {} outages",
		view.reported, view.proven, view.faults, view.outages
	));
	lines.push(format!("  paid        {}", format_amount(view.paid)));
	lines.push(format!("  refund      {}", format_amount(view.refundable)));
	lines.push(format!("  collateral  {}", format_amount(view.collateral)));
	if let (Some(chain), ContractState::Active) = (chain, view.state) {
		let left = u64::from(total.saturating_sub(view.reported));
		lines.push(format!("  ends        {}", when(left.saturating_mul(chain.window_ms))));
	}
	lines.join("\n")
}

/// Windows ordered: each is either paid or given back.
pub fn total_windows(view: &ContractView) -> u32 {
	view.windows
}

/// When so many milliseconds of windows will be over; windows stretch when their chain stalls.
pub fn when(milliseconds: u64) -> String {
	let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
	let end = now.saturating_add(milliseconds / 1000);
	format!("in {} or later ({})", format_duration(milliseconds), format_time(end))
}

/// The state of a contract in words.
pub fn state(state: ContractState) -> &'static str {
	match state {
		ContractState::Proposed => "proposed, waits for its provider",
		ContractState::Active => "active",
		ContractState::Ended => "all windows are settled, waits to be closed",
	}
}

/// A provider for programs.
pub fn provider_json(view: &ProviderView) -> Value {
	json!({
		"provider": view.who,
		"endpoint": endpoint_text(&view.offer.endpoint),
		"accepting": view.accepting,
		"price": view.offer.price.to_string(),
		"capacity": view.offer.capacity,
		"used": view.used,
		"free": view.offer.capacity.saturating_sub(view.used),
		"min_windows": view.offer.min_windows,
		"max_windows": view.offer.max_windows,
		"collateral": view.collateral.to_string(),
		"required": view.required.to_string(),
	})
}

/// An endpoint as it can be shown: control characters of strangers stay out of terminals.
pub fn endpoint_text(endpoint: &Endpoint) -> String {
	endpoint_url(endpoint).unwrap_or_else(|| {
		let text = String::from_utf8_lossy(endpoint);
		text.chars().filter(|c| !c.is_control()).collect()
	})
}

#[cfg(test)]
pub mod examples {
	//! Views for tests.

	use super::*;
	use terrace_layers::{ChainId, ContractId, LegId, Offer, Window};
	use terrace_possession::ContentId;

	/// An active contract of ten windows at 100 each, of which none is settled.
	pub fn contract() -> ContractView {
		ContractView {
			id: ContractId(5),
			client: [1; 32].into(),
			provider: [2; 32].into(),
			root: ContentId([3; 32]),
			size: 1 << 20,
			proof_chain: ChainId::default(),
			state: ContractState::Active,
			rate: 100,
			interval: 1,
			windows: 10,
			escrow: 1_000,
			expires_at: 0,
			leg: Some(LegId(7)),
			start: None,
			end: Some(Window(30)),
			reported: 0,
			proven: 0,
			faults: 0,
			outages: 0,
			paid: 0,
			refundable: 0,
			compensated: 0,
			collateral: 500,
			legs: Vec::new(),
			audit: None,
		}
	}

	/// A provider with 1 GiB, of which nothing is used.
	pub fn provider(seed: u8, price: u128) -> ProviderView {
		ProviderView {
			who: [seed; 32].into(),
			offer: Offer {
				endpoint: Endpoint::truncate_from(b"http://127.0.0.1:1".to_vec()),
				price,
				capacity: 1 << 30,
				min_windows: 2,
				max_windows: 100,
				operator: Default::default(),
			},
			accepting: true,
			used: 0,
			collateral: 1_000_000,
			required: 0,
			payee: None,
			cases: 0,
			probation_since: None,
			exiting_since: None,
			cooldown: 0,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amounts_are_strings_for_programs() {
		let json = contract_json(&examples::contract());
		assert_eq!(json["id"], 5);
		assert_eq!(json["state"], "active");
		assert_eq!(json["escrow"], "1000");
		assert_eq!(json["root"], "03".repeat(32));
	}

	#[test]
	fn windows_are_those_paid_for() {
		let mut view = examples::contract();
		view.windows = 9;
		assert_eq!(total_windows(&view), 9);
	}

	#[test]
	fn text_follows_the_state() {
		let mut view = examples::contract();
		assert!(contract_text(&view, None).contains("0 of 10 settled"));
		view.state = ContractState::Proposed;
		view.expires_at = 77;
		assert!(contract_text(&view, None).contains("after block 77"));
	}

	#[test]
	fn odd_endpoints_are_shown_without_control_characters() {
		let odd = Endpoint::truncate_from(b"\x1b[31mhttp\n".to_vec());
		assert_eq!(endpoint_text(&odd), "[31mhttp");
	}
}
