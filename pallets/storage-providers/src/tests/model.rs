// SPDX-License-Identifier: Apache-2.0
//! Random lives of providers: whatever is called, the books balance, and everybody can leave.
use super::*;
use crate::{HoldReason, Pallet, ProviderRecord, Providers};
use frame_support::traits::fungible::InspectHold;
use proptest::{collection::vec, prelude::*};
use sp_runtime::DispatchResult;
use std::collections::BTreeMap;
use terrace_layers::{AccountId, Balance, Offer, Providers as _};

const EVERYBODY: [AccountId; 2] = [ALICE, BOB];

/// What a person calls.
#[derive(Clone, Debug)]
enum Call {
	Register { key: u8, collateral: Balance },
	SetOffer { key: u8, capacity: u64 },
	SetAccepting(bool),
	AddCollateral(Balance),
	WithdrawCollateral(Balance),
	SetPayee(Option<usize>),
	AnnounceExit,
	CancelExit,
	Leave,
}

/// What contracts do to a provider.
#[derive(Clone, Debug)]
enum Deed {
	/// Begin a contract of so many bytes.
	Begin {
		bytes: u64,
		collateral: Balance,
	},
	/// Give a contract another leg.
	Lengthen {
		nth: usize,
		collateral: Balance,
	},
	/// Take a leg from a contract; with the last one it ends.
	Shorten {
		nth: usize,
	},
	Slash {
		amount: Balance,
		to: usize,
	},
	AddCase,
	DropCase,
}

#[derive(Clone, Debug)]
enum Action {
	Person(usize, Call),
	Contract(usize, Deed),
	Wait(u32),
}

fn amounts() -> impl Strategy<Value = Balance> {
	let units = (0..2 * FUNDS / UNIT).prop_map(|units| units * UNIT);
	prop_oneof![8 => units, 1 => Just(1), 1 => Just(Balance::MAX)]
}

fn calls() -> impl Strategy<Value = Call> {
	let capacity = prop_oneof![4 => 1..2_000u64, 1 => Just(0), 1 => Just(u64::MAX)];
	prop_oneof![
		6 => (7..10u8, amounts()).prop_map(|(key, collateral)| Call::Register { key, collateral }),
		2 => (7..10u8, capacity).prop_map(|(key, capacity)| Call::SetOffer { key, capacity }),
		1 => any::<bool>().prop_map(Call::SetAccepting),
		2 => amounts().prop_map(Call::AddCollateral),
		3 => amounts().prop_map(Call::WithdrawCollateral),
		1 => prop::option::of(0..2usize).prop_map(Call::SetPayee),
		1 => Just(Call::AnnounceExit),
		2 => Just(Call::CancelExit),
		1 => Just(Call::Leave),
	]
}

fn deeds() -> impl Strategy<Value = Deed> {
	prop_oneof![
		6 => (1..600u64, amounts())
			.prop_map(|(bytes, collateral)| Deed::Begin { bytes, collateral: collateral / 8 }),
		2 => (0..9usize, amounts())
			.prop_map(|(nth, collateral)| Deed::Lengthen { nth, collateral: collateral / 8 }),
		4 => (0..9usize).prop_map(|nth| Deed::Shorten { nth }),
		2 => (amounts(), 0..3usize)
			.prop_map(|(amount, to)| Deed::Slash { amount: amount / 8, to }),
		1 => Just(Deed::AddCase),
		2 => Just(Deed::DropCase),
	]
}

fn actions() -> impl Strategy<Value = Action> {
	prop_oneof![
		5 => (0..2usize, calls()).prop_map(|(who, call)| Action::Person(who, call)),
		5 => (0..2usize, deeds()).prop_map(|(who, deed)| Action::Contract(who, deed)),
		2 => (1..30u32).prop_map(Action::Wait),
	]
}

/// A provider as the model knows it.
#[derive(Clone, Debug, Default)]
struct Known {
	held: Balance,
	key: u8,
	capacity: u64,
	accepting: bool,
	payee: Option<AccountId>,
	exiting: bool,
	cases: u32,
	/// Block since which its collateral does not suffice.
	short_since: Option<u32>,
	released_at: Option<u32>,
	/// Bytes of each contract, and collateral of each of its legs.
	contracts: Vec<(u64, Vec<Balance>)>,
}

impl Known {
	fn used(&self) -> u64 {
		self.contracts.iter().map(|(bytes, _)| bytes).sum()
	}

	fn required(&self) -> Balance {
		self.contracts.iter().flat_map(|(_, legs)| legs).sum()
	}

	fn may_book(&self, bytes: u64, collateral: Balance) -> bool {
		let fits = self.used().saturating_add(bytes) <= self.capacity;
		let covered = self.required().saturating_add(collateral) <= self.held;
		fits && covered && !self.exiting && self.short_since.is_none()
	}

	fn judge(&mut self) {
		let short = self.required() > self.held;
		let now = System::block_number();
		self.short_since = short.then(|| self.short_since.unwrap_or(now));
	}

	fn may_leave(&self) -> bool {
		let rested = self.released_at.is_none_or(|at| System::block_number() >= at + COOLDOWN);
		self.contracts.is_empty() && self.cases == 0 && rested
	}
}

#[derive(Default)]
struct World {
	known: BTreeMap<AccountId, Known>,
	/// What each account got out of others' collateral, less what it lost.
	moved: BTreeMap<AccountId, i128>,
}

fn signed(amount: Balance) -> i128 {
	i128::try_from(amount).expect("there are fewer tokens")
}

impl World {
	fn act(&mut self, action: &Action) {
		match action {
			Action::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
			Action::Person(who, call) => {
				let who = EVERYBODY[*who].clone();
				let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
				let before = root();
				let expected = self.expect(&who, call);
				let made = Self::call(RuntimeOrigin::signed(who), call);
				assert_eq!(made.is_ok(), expected, "{call:?}: {made:?}");
				if made.is_err() {
					assert_eq!(before, root(), "a refused call changes nothing");
				}
			}
			Action::Contract(who, deed) => {
				let who = EVERYBODY[*who].clone();
				if let Some(mut known) = self.known.remove(&who) {
					self.deed(&who, &mut known, deed);
					known.judge();
					self.known.insert(who, known);
				}
			}
		}
	}

	fn call(origin: RuntimeOrigin, call: &Call) -> DispatchResult {
		match call.clone() {
			Call::Register { key, collateral } => {
				StorageProviders::register(origin, offer_with(key), collateral)
			}
			Call::SetOffer { key, capacity } => {
				StorageProviders::set_offer(origin, Offer { capacity, ..offer_with(key) })
			}
			Call::SetAccepting(yes) => StorageProviders::set_accepting(origin, yes),
			Call::AddCollateral(amount) => StorageProviders::add_collateral(origin, amount),
			Call::WithdrawCollateral(amount) => {
				StorageProviders::withdraw_collateral(origin, amount)
			}
			Call::SetPayee(payee) => {
				StorageProviders::set_payee(origin, payee.map(|index| EVERYBODY[index].clone()))
			}
			Call::AnnounceExit => StorageProviders::announce_exit(origin),
			Call::CancelExit => StorageProviders::cancel_exit(origin),
			Call::Leave => StorageProviders::leave(origin),
		}
	}

	/// What `who` can put on hold besides what its account needs.
	fn can_hold(who: &AccountId, amount: Balance) -> bool {
		Balances::can_hold(&HoldReason::Collateral.into(), who, amount)
	}

	fn is_taken(&self, who: &AccountId, key: u8) -> bool {
		self.known.iter().any(|(other, known)| other != who && known.key == key)
	}

	/// Applies a call to the model; says whether it must succeed.
	fn expect(&mut self, who: &AccountId, call: &Call) -> bool {
		if let Call::Register { key, collateral } = call {
			let new = !self.known.contains_key(who) && !self.is_taken(who, *key);
			let able = *collateral >= MIN_COLLATERAL && Self::can_hold(who, *collateral);
			if new && able {
				let (held, key, capacity) = (*collateral, *key, offer().capacity);
				let known = Known { held, key, capacity, accepting: true, ..Known::default() };
				self.known.insert(who.clone(), known);
			}
			return new && able;
		}
		if let Call::SetOffer { key, .. } = call {
			if self.is_taken(who, *key) {
				return false;
			}
		}
		let Some(known) = self.known.get_mut(who) else { return false };
		if !Self::expect_of(who, known, call) {
			return false;
		}
		if matches!(call, Call::Leave) {
			self.known.remove(who);
		}
		true
	}

	fn expect_of(who: &AccountId, known: &mut Known, call: &Call) -> bool {
		match call {
			Call::SetOffer { key, capacity } => {
				let fits = *capacity > 0 && *capacity >= known.used();
				if fits {
					(known.key, known.capacity) = (*key, *capacity);
				}
				fits
			}
			Call::SetAccepting(yes) => {
				known.accepting = *yes;
				true
			}
			Call::AddCollateral(amount) => {
				let able = Self::can_hold(who, *amount);
				if able {
					known.held += amount;
					known.judge();
				}
				able
			}
			Call::WithdrawCollateral(amount) => {
				let left = known.held.checked_sub(*amount);
				let least = known.required().max(MIN_COLLATERAL);
				let left = left.filter(|left| *left >= least && known.cases == 0);
				known.held = left.unwrap_or(known.held);
				left.is_some()
			}
			Call::SetPayee(payee) => {
				known.payee = payee.map(|index| EVERYBODY[index].clone());
				true
			}
			Call::AnnounceExit => !std::mem::replace(&mut known.exiting, true),
			Call::CancelExit => std::mem::replace(&mut known.exiting, false),
			Call::Leave => known.may_leave(),
			Call::Register { .. } => false,
		}
	}

	fn deed(&mut self, who: &AccountId, known: &mut Known, deed: &Deed) {
		match *deed {
			Deed::Begin { bytes, collateral } => {
				let expected = known.may_book(bytes, collateral);
				let made = Self::commit(who, bytes, collateral);
				assert_eq!(made, expected);
				if made {
					known.contracts.push((bytes, vec![collateral]));
				}
			}
			Deed::Lengthen { nth, collateral } => {
				let expected = known.may_book(0, collateral);
				let count = known.contracts.len().max(1);
				if let Some((_, legs)) = known.contracts.get_mut(nth % count) {
					let made = Self::commit(who, 0, collateral);
					assert_eq!(made, expected);
					legs.extend(made.then_some(collateral));
				}
			}
			Deed::Shorten { nth } => Self::shorten(who, known, nth),
			Deed::Slash { amount, to } => {
				self.slash(who, known, amount, to);
			}
			Deed::AddCase => {
				StorageProviders::add_case(who);
				known.cases += 1;
			}
			Deed::DropCase if known.cases > 0 => {
				StorageProviders::drop_case(who);
				known.cases -= 1;
			}
			Deed::DropCase => {}
		}
	}

	fn slash(&mut self, who: &AccountId, known: &mut Known, amount: Balance, to: usize) {
		let receiver = [ALICE, BOB, STRANGER][to].clone();
		// An account without tokens cannot take less than it needs to exist.
		let able = to < 2 || amount.min(known.held) >= 1_000_000_000;
		let expected = if able { amount.min(known.held) } else { 0 };
		let taken = StorageProviders::slash(who, amount, &receiver);
		assert!(taken == expected || (to == 2 && taken <= known.held), "{taken}");
		known.held -= taken;
		*self.moved.entry(who.clone()).or_default() -= signed(taken);
		*self.moved.entry(receiver).or_default() += signed(taken);
	}

	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> bool {
		StorageProviders::commit(who, bytes, collateral).is_ok()
	}

	fn shorten(who: &AccountId, known: &mut Known, nth: usize) {
		let nth = nth % known.contracts.len().max(1);
		let Some((bytes, legs)) = known.contracts.get_mut(nth) else { return };
		let collateral = legs.pop().expect("a contract has legs");
		StorageProviders::release(who, 0, collateral);
		if legs.is_empty() {
			StorageProviders::release(who, *bytes, 0);
			known.contracts.remove(nth);
		}
		known.released_at = Some(System::block_number());
	}

	fn check(&self) {
		Pallet::<Test>::do_try_state().expect("invariants hold");
		assert_eq!(Providers::<Test>::iter().count(), self.known.len());
		for who in [ALICE, BOB, STRANGER] {
			let known = self.known.get(&who);
			let holds = known.map_or(0, |known| known.held);
			assert_eq!(held(&who), holds);
			let funds = if who == STRANGER { 0 } else { FUNDS };
			let moved = self.moved.get(&who).copied().unwrap_or_default();
			assert_eq!(signed(free(&who) + holds), signed(funds) + moved);
			if let Some(known) = known {
				Self::check_record(&who, known, &record(&who));
			}
		}
	}

	fn check_record(who: &AccountId, known: &Known, record: &ProviderRecord) {
		assert_eq!((record.used, record.required), (known.used(), known.required()));
		assert_eq!((record.cases, record.probation_since), (known.cases, known.short_since));
		assert_eq!(
			StorageProviders::acted_for(&AccountId::new([known.key; 32])),
			Some(who.clone())
		);
		let payee = known.payee.clone().unwrap_or_else(|| who.clone());
		assert_eq!(StorageProviders::payee(who), payee);
		let takes = known.accepting && !known.exiting && known.short_since.is_none();
		assert_eq!(StorageProviders::accepting(who), takes);
		let since = known.short_since;
		let insolvent = since.is_some_and(|at| System::block_number() > at + PROBATION);
		assert_eq!(StorageProviders::is_insolvent(who), insolvent);
		let state = StorageProviders::exit_state(who.clone()).expect("registered");
		assert_eq!(state.may_leave, known.may_leave());
	}

	/// When contracts are over and penalties final, a provider leaves with calls of its own alone.
	fn end_alone(&mut self) {
		for who in self.known.keys().cloned().collect::<Vec<_>>() {
			let mut known = self.known.remove(&who).expect("listed");
			while !known.contracts.is_empty() {
				Self::shorten(&who, &mut known, 0);
			}
			for _ in 0..known.cases {
				StorageProviders::drop_case(&who);
			}
			System::set_block_number(System::block_number() + COOLDOWN);
			assert_ok!(StorageProviders::leave(RuntimeOrigin::signed(who)));
		}
		self.check();
		assert_eq!(crate::Operators::<Test>::iter().count(), 0);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

	#[test]
	fn whatever_is_called_the_books_balance_and_everybody_can_leave(
		actions in vec(actions(), 20..120),
	) {
		TestExt::new().build_and_execute(|| {
			let mut world = World::default();
			for action in &actions {
				world.act(action);
				world.check();
			}
			world.end_alone();
		});
	}
}
