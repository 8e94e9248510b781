// SPDX-License-Identifier: Apache-2.0
//! Everything that can be seen, against the oracle.
use super::{super::*, client, provider, World, CHAINS, LITTLE};
use frame_support::traits::fungible::InspectHold;
use terrace_layers::views::{ContractState, LegView};

/// Collateral that rounding may leave between what was taken for outages and what clients got.
const DUST: Balance = 10_000;

fn signed(amount: Balance) -> i128 {
	i128::try_from(amount).expect("there are fewer tokens")
}

impl World {
	pub(super) fn check(&self) {
		Pallet::<Test>::do_try_state().expect("invariants hold");
		assert_eq!(Balances::total_issuance(), self.issuance);
		for stranger in [ALICE, BOB, CAROL, DAVE] {
			assert_eq!(free(&stranger), FUNDS);
		}
		let taken: Balance = self.taken.values().sum();
		assert_eq!(free(&vault()), 4 * FUNDS - taken);
		for index in 0..2 {
			self.check_client(client(index));
			self.check_provider(provider(index));
		}
		let fees: Balance = self.received.values().map(|(_, fee)| fee).sum();
		assert_eq!(free(&OWNER), ED + fees);
		let dust = free(&TREASURY).checked_sub(ED + self.treasury).expect("it got its share");
		assert!(dust <= DUST, "{dust} is no rounding");
		self.check_streams();
		for id in self.live.keys() {
			self.check_contract(*id);
		}
	}

	/// What a client has paid and not got back, and what is on hold.
	fn check_client(&self, who: AccountId) {
		let proposed = self.proposals.values().filter(|(client, ..)| *client == who);
		let proposed: Balance = proposed.map(|(.., escrow)| escrow).sum();
		assert_eq!(held(&who), proposed);
		let audits = self.audits.values().filter(|client| **client == who).count();
		let deposits = AUDIT_DEPOSIT * audits as Balance;
		let reason = crate::HoldReason::AuditDeposit.into();
		assert_eq!(Balances::balance_on_hold(&reason, &who), deposits);
		let legs = self.oracle.legs.iter().filter(|(_, leg)| leg.client == who);
		let paid = legs.map(|(id, leg)| match self.closed.get(id) {
			Some((proven, compensation)) => {
				signed(leg.rate() * Balance::from(*proven)) - signed(*compensation)
			}
			None => signed(leg.escrow()),
		});
		let paid = paid.sum::<i128>() + signed(proposed + deposits);
		let adjust = self.adjust.get(&who).copied().unwrap_or_default();
		assert_eq!(signed(free(&who)), signed(FUNDS) - paid + adjust);
	}

	/// What a provider has earned, what it has at stake, and what it lost.
	fn check_provider(&self, who: AccountId) {
		let of = |stream: &StreamId| self.oracle.legs.values().find(|leg| leg.stream == *stream);
		let mine = |stream: &StreamId| of(stream).is_some_and(|leg| leg.provider == who);
		let received = self.received.iter().filter(|(stream, _)| mine(stream));
		let received: Balance = received.map(|(_, (price, _))| price).sum();
		let adjust = self.adjust.get(&who).copied().unwrap_or_default();
		assert_eq!(signed(free(&who)), signed(FUNDS + received) + adjust);

		let record = MockProviderOf::get(&who).expect("registered");
		let live = self.live.values().filter(|known| provider(known.provider) == who);
		assert_eq!(record.used, live.map(|known| known.size).sum::<u64>());
		let open = self.oracle.open.iter().map(|id| &self.oracle.legs[id]);
		let rates: Balance = open.filter(|leg| leg.provider == who).map(|leg| leg.rate()).sum();
		assert_eq!(record.required, rates * Balance::from(COLLATERAL_WINDOWS));

		let taken = self.taken.get(&who).copied().unwrap_or_default();
		let held = if self.bounds.scarce { LITTLE } else { FUNDS };
		assert_eq!(record.collateral, held - taken);
		let outages = self.oracle.compensated.get(&who).copied().unwrap_or_default();
		let expected = self.expected.get(&who).copied().unwrap_or_default() + outages;
		if self.bounds.scarce {
			assert!(taken <= expected, "{taken} of {expected}");
		} else {
			assert_eq!(taken, expected);
		}
	}

	/// Nothing is paid twice, early, or for a window without a report.
	fn check_streams(&self) {
		let streams: std::collections::BTreeMap<_, _> = self
			.oracle
			.legs
			.values()
			.map(|leg| (leg.stream, (leg.provider.clone(), leg.chain)))
			.collect();
		for (stream, (provider, chain)) in streams {
			let limit = self.oracle.limit(stream, chain, System::block_number());
			let legs = self.oracle.legs.iter().filter(|(_, leg)| leg.stream == stream);
			let earned = legs.map(|(id, leg)| {
				let proven = self.oracle.tally(*id, limit).proven;
				let faults = self.oracle.faults_from(*id, limit);
				signed(leg.price) * (i128::from(proven) - i128::from(faults))
			});
			let earned: i128 = earned.sum();
			let received = self.received.get(&stream).map_or(0, |(price, _)| signed(*price));
			let view = StorageContracts::stream(provider, chain);
			let ahead = view.filter(|view| view.stream == stream);
			let ahead = ahead.map_or(0, |view| signed(view.claimable));
			assert_eq!(received + ahead, earned.max(received));
		}
	}

	fn check_contract(&self, id: ContractId) {
		let view = StorageContracts::contract(id).expect("it runs");
		let open = self.oracle.open.iter().filter(|leg| self.oracle.legs[*leg].contract == id);
		assert!(open.copied().eq(view.legs.iter().map(|leg| leg.leg)));
		assert_eq!(view.audit.is_some(), self.audits.contains_key(&id));
		let progress = view.legs.iter().any(|leg| self.oracle.in_progress(leg.proof_chain));
		if progress {
			return;
		}
		let mut over = true;
		for leg in &view.legs {
			over &= self.check_leg(leg);
		}
		assert_eq!(view.state == ContractState::Ended, over);
	}

	/// Compares a leg; says whether nothing can happen to it any more.
	fn check_leg(&self, view: &LegView) -> bool {
		let terms = &self.oracle.legs[&view.leg];
		let (start, reported) = (self.oracle.start(terms), self.oracle.reported(terms.chain));
		assert_eq!(view.start.map(|start| start.0), start);
		assert_eq!((view.planned.0, view.end.0), (terms.planned, terms.end));
		assert_eq!((view.rate, view.escrow), (terms.rate(), terms.escrow()));
		let begun = start.is_some_and(|start| start < terms.end && start <= reported);
		let limit = self.oracle.limit(terms.stream, terms.chain, System::block_number());
		let limit = if begun { limit } else { reported };
		let tally = self.oracle.tally(view.leg, limit);
		let seen = (view.reported, view.proven, view.faults, view.outages);
		assert_eq!(seen, (tally.reported, tally.proven, tally.faults, tally.outages));
		if !self.bounds.scarce {
			let share = self.oracle.shares.get(&view.leg).copied().unwrap_or_default();
			assert!(view.compensated + 2 * share.parts + 2 >= share.amount);
		}
		self.oracle.is_over(terms) && limit.min(terms.end) >= terms.end.min(reported)
	}

	/// Everybody has what is theirs, and nothing is left.
	pub(super) fn check_end(&self) {
		assert!(self.live.is_empty() && self.proposals.is_empty() && self.oracle.open.is_empty());
		if !self.bounds.scarce {
			for (id, share) in &self.oracle.shares {
				let got = self.closed.get(id).map_or(0, |(_, compensation)| *compensation);
				let most = share.amount + share.parts;
				assert!(got <= most && got + 2 * share.parts >= share.amount, "{got} of {most}");
			}
		}
		for index in 0..2 {
			let record = MockProviderOf::get(provider(index)).expect("registered");
			assert_eq!((record.used, record.required), (0, 0));
			assert_eq!(MockCases::get(provider(index)).unwrap_or_default(), 0);
			let reason = crate::HoldReason::AuditDeposit.into();
			assert_eq!(Balances::balance_on_hold(&reason, &client(index)), 0);
			assert_eq!(held(&client(index)), 0);
		}
		for chain in CHAINS {
			let record = Chains::<Test>::get(chain).expect("registered");
			assert_eq!((record.booked, record.streams), (0, 0));
		}
		assert_eq!((pot(), Booked::<Test>::get()), (0, 0));
		assert_eq!(Contracts::<Test>::iter().count() + Legs::<Test>::iter().count(), 0);
		assert_eq!(Streams::<Test>::iter().count() + Batches::<Test>::iter().count(), 0);
		assert_eq!(Edges::<Test>::iter().count() + Outages::<Test>::iter().count(), 0);
		let faults = crate::Faults::<Test>::iter().count();
		assert_eq!(faults + crate::Audits::<Test>::iter().count(), 0);
		assert_eq!(Unclaimed::<Test>::iter().count(), 0);
	}
}
