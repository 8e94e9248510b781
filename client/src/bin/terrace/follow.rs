// SPDX-License-Identifier: Apache-2.0
//! Follows a contract block by block: its windows as they are proven below and settled above.

use crate::{failure::Failure, render::total_windows};
use codec::Decode;
use sp_core::H256;
use terrace_client::{amount::format_amount, Chain, Error};
use terrace_layers::{
	views::{ContractState, ContractView},
	Balance, ContractId, StreamId, Window,
};

/// Blocks of the contract chain that are looked at one by one; older ones are passed over.
const LOOK_BACK: u32 = 64;

/// Something that happened to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
	/// The provider accepted it.
	Accepted,
	/// It was proven on the proof chain.
	Proven {
		/// In this window.
		window: Window,
	},
	/// The contract chain settled windows.
	Settled {
		/// The first of them.
		first: Window,
		/// How many.
		count: u32,
		/// How many of them were proven.
		proven: u32,
		/// Settled so far.
		reported: u32,
		/// Windows in all.
		total: u32,
		/// Price of one.
		rate: Balance,
	},
	/// All its windows are settled.
	Ended,
	/// It was closed.
	Closed(Closed),
	/// It is gone and was never accepted.
	Dropped,
}

/// How a contract was closed.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Closed {
	/// The contract.
	pub id: ContractId,
	/// Windows paid for in advance.
	pub windows: u32,
	/// Windows proven.
	pub proven: u32,
	/// Earned by the provider.
	pub paid: Balance,
	/// Given back to the client.
	pub refunded: Balance,
	/// Share of that which came out of the provider's collateral.
	pub compensated: Balance,
}

impl Step {
	/// For people.
	pub fn text(&self) -> String {
		match self {
			Step::Accepted => "accepted by its provider".into(),
			Step::Proven { window } => format!("window {window}: proven on the proof chain"),
			Step::Settled { first, count: 1, proven, reported, total, rate } => {
				let money = format_amount(*rate);
				let verdict = match proven {
					0 => format!("not proven, {money} goes back to the client"),
					_ => format!("settled, the provider earns {money}"),
				};
				format!("window {first}: {verdict} ({reported} of {total})")
			}
			Step::Settled { first, count, proven, reported, total, .. } => {
				let last = first.0.saturating_add(count.saturating_sub(1));
				format!(
					"windows {first} to {last}: settled, {proven} of {count} proven \
					 ({reported} of {total})"
				)
			}
			Step::Ended => "all windows are settled".into(),
			Step::Closed(closed) => closed.text(),
			Step::Dropped => "gone: it was withdrawn, rejected or expired".into(),
		}
	}
}

impl Closed {
	/// For people.
	pub fn text(&self) -> String {
		format!(
			"closed: {} of {} windows proven, {} paid, {} refunded",
			self.proven,
			self.windows,
			format_amount(self.paid),
			format_amount(self.refunded)
		)
	}

	/// How contract `id` was closed in a block, if it was.
	pub async fn find(market: &Chain, id: ContractId, at: H256) -> Result<Option<Self>, Error> {
		let events = market.events(at).await?;
		let mut closed = events.iter().filter(|e| e.is("StorageContracts", "ContractClosed"));
		Ok(closed.find_map(|event| event.decode::<Self>().ok().filter(|it| it.id == id)))
	}
}

/// Follows one contract.
pub struct Follower {
	market: Chain,
	proof: Option<ProofSide>,
	id: ContractId,
	seen: Option<ContractView>,
	/// The newest final block looked at.
	number: u32,
}

/// The contract's leg on its proof chain.
struct ProofSide {
	chain: Chain,
	place: Option<(StreamId, u32)>,
	proven: Option<Window>,
}

impl Follower {
	/// Starts with the state of now.
	///
	/// The proof chain is left out if `proof` is another one.
	pub async fn start(
		market: Chain,
		proof: Option<Chain>,
		view: ContractView,
	) -> Result<Self, Failure> {
		let (number, hash) = market.finalized().await?;
		let proof = proof.filter(|chain| chain.id() == view.proof_chain);
		let proof = proof.map(|chain| ProofSide { chain, place: None, proven: None });
		// What is not final yet will be told when it is.
		let seen = market.api("MarketApi_contract", &(view.id,), Some(hash)).await?;
		Ok(Self { market, proof, id: view.id, seen, number })
	}

	/// The contract as it was last seen.
	pub fn view(&self) -> Option<&ContractView> {
		self.seen.as_ref()
	}

	/// What happened since the last call.
	pub async fn steps(&mut self) -> Result<Vec<Step>, Failure> {
		let mut steps = self.proven_below().await?;
		let (newest, _) = self.market.finalized().await?;
		self.number = self.number.max(newest.saturating_sub(LOOK_BACK));
		while self.number < newest {
			let number = self.number.saturating_add(1);
			let Some(hash) = self.market.block_hash(number).await? else { break };
			let view: Option<ContractView> =
				self.market.api("MarketApi_contract", &(self.id,), Some(hash)).await?;
			match &view {
				Some(view) => steps.extend(changes(self.seen.as_ref(), view)),
				None if self.seen.is_some() => steps.push(self.gone(hash).await?),
				None => {}
			}
			self.seen = view;
			self.number = number;
		}
		if self.seen.is_none() && steps.is_empty() && self.market.contract(self.id).await?.is_none()
		{
			// It came and went between two final blocks.
			steps.push(Step::Dropped);
		}
		Ok(steps)
	}

	async fn gone(&self, block: H256) -> Result<Step, Error> {
		let closed = Closed::find(&self.market, self.id, block).await?;
		Ok(closed.map_or(Step::Dropped, Step::Closed))
	}

	async fn proven_below(&mut self) -> Result<Vec<Step>, Failure> {
		let (Some(side), Some(view)) = (&mut self.proof, &self.seen) else {
			return Ok(Vec::new());
		};
		match side.look(&self.market, view).await {
			Ok(Some(window)) => Ok(vec![Step::Proven { window }]),
			Ok(None) => Ok(Vec::new()),
			// The reports tell all of it later.
			Err(error) if error.is_transient() => Ok(Vec::new()),
			Err(error) => Err(error.into()),
		}
	}
}

impl ProofSide {
	/// The open window, if the leg is proven in it and that was not told before.
	async fn look(&mut self, market: &Chain, view: &ContractView) -> Result<Option<Window>, Error> {
		let Some(leg) = view.leg else { return Ok(None) };
		let Some(window) = self.chain.window().await? else { return Ok(None) };
		if self.proven == Some(window.window) {
			return Ok(None);
		}
		if self.place.is_none() {
			self.place = self.find(market, view).await?;
		}
		let Some((stream, page)) = self.place else { return Ok(None) };
		let slots = self.chain.page(stream, page).await?;
		let proven = slots.iter().any(|slot| slot.leg == leg && slot.proven);
		// The page may be of the window after the one that was asked for.
		let same = self.chain.window().await?.is_some_and(|now| now.window == window.window);
		if proven && same {
			self.proven = Some(window.window);
			return Ok(self.proven);
		}
		Ok(None)
	}

	/// Where the leg lies.
	async fn find(
		&self,
		market: &Chain,
		view: &ContractView,
	) -> Result<Option<(StreamId, u32)>, Error> {
		let Some(stream) = market.stream(&view.provider, view.proof_chain).await? else {
			return Ok(None);
		};
		for page in 0..self.chain.pages(stream.stream).await? {
			let slots = self.chain.page(stream.stream, page).await?;
			if slots.iter().any(|slot| Some(slot.leg) == view.leg) {
				return Ok(Some((stream.stream, page)));
			}
		}
		Ok(None)
	}
}

/// What must have happened between two looks at a contract.
pub fn changes(before: Option<&ContractView>, now: &ContractView) -> Vec<Step> {
	let mut steps = Vec::new();
	let was = before.map_or(ContractState::Proposed, |view| view.state);
	if was == ContractState::Proposed && now.state != ContractState::Proposed {
		steps.push(Step::Accepted);
	}
	let reported = before.map_or(0, |view| view.reported);
	if now.reported > reported {
		let total = total_windows(now);
		let planned = now.end.unwrap_or_default().0.saturating_sub(total);
		steps.push(Step::Settled {
			first: Window(planned.saturating_add(reported)),
			count: now.reported - reported,
			proven: now.proven.saturating_sub(before.map_or(0, |view| view.proven)),
			reported: now.reported,
			total,
			rate: now.rate,
		});
	}
	if was != ContractState::Ended && now.state == ContractState::Ended {
		steps.push(Step::Ended);
	}
	steps
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::render::examples;

	#[test]
	fn nothing_happens_between_equal_looks() {
		let view = examples::contract();
		assert_eq!(changes(Some(&view), &view), []);
	}

	#[test]
	fn windows_are_numbered_from_the_planned_start() {
		let before = examples::contract();
		let now = ContractView { reported: 1, proven: 1, ..before.clone() };
		let steps = changes(Some(&before), &now);
		let settled = |first, count, proven, reported| Step::Settled {
			first: Window(first),
			count,
			proven,
			reported,
			total: 10,
			rate: 100,
		};
		assert_eq!(steps, [settled(20, 1, 1, 1)]);
		let later = ContractView { reported: 4, proven: 2, ..before };
		assert_eq!(changes(Some(&now), &later), [settled(21, 3, 1, 4)]);
	}

	#[test]
	fn whole_life_is_told() {
		let ended = ContractView {
			state: ContractState::Ended,
			reported: 10,
			proven: 9,
			..examples::contract()
		};
		let proposed = ContractView { state: ContractState::Proposed, ..examples::contract() };
		let steps = changes(Some(&proposed), &ended);
		assert_eq!(steps.first(), Some(&Step::Accepted));
		assert_eq!(steps.last(), Some(&Step::Ended));
		assert_eq!(steps.len(), 3);
	}

	#[test]
	fn steps_are_told_in_words() {
		let settled = |count, proven| Step::Settled {
			first: Window(7),
			count,
			proven,
			reported: 3,
			total: 10,
			rate: 1_000_000_000_000,
		};
		for (step, text) in [
			(settled(1, 1), "window 7: settled, the provider earns 1 TERR (3 of 10)"),
			(settled(1, 0), "window 7: not proven, 1 TERR goes back to the client (3 of 10)"),
			(settled(2, 1), "windows 7 to 8: settled, 1 of 2 proven (3 of 10)"),
			(Step::Proven { window: Window(9) }, "window 9: proven on the proof chain"),
		] {
			assert_eq!(step.text(), text);
		}
	}

	#[test]
	fn closing_is_read_from_its_event() {
		use codec::Encode;
		let fields = (5u64, 10u32, 9u32, 900u128, 100u128, 7u128).encode();
		let closed = Closed::decode(&mut &fields[..]).expect("the event's fields");
		let expected = Closed {
			id: ContractId(5),
			windows: 10,
			proven: 9,
			paid: 900,
			refunded: 100,
			compensated: 7,
		};
		assert_eq!(closed, expected);
		assert!(closed.text().contains("9 of 10"));
	}
}
