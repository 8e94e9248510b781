// SPDX-License-Identifier: Apache-2.0
//! A runtime of only the pallets that are defined here.

use crate::{admin, timing, upgrades};
use frame_support::{derive_impl, traits::ConstU32, weights::Weight};
use sp_core::{traits::ReadRuntimeVersionExt, H256};
use sp_io::TestExternalities;
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchResult};
use sp_version::RuntimeVersion;
use std::cell::RefCell;
use terrace_layers::{ChainId, Message, OnMessage, Relation, Trace};

type Block = frame_system::mocking::MockBlockU32<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timing: timing,
		Upgrades: upgrades,
		Admin: admin,
	}
);

/// Blocks between an announcement and its effect.
pub const NOTICE: u32 = 5;
/// The message under way, if any.
pub const TRACE: H256 = H256::repeat_byte(9);

frame_support::parameter_types! {
	pub Version: RuntimeVersion = version("mock", 7);
}

/// The version of some code.
pub fn version(name: &str, spec_version: u32) -> RuntimeVersion {
	RuntimeVersion {
		spec_name: name.to_string().into(),
		impl_name: "mock".into(),
		spec_version,
		..Default::default()
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = u64;
	type BaseCallFilter = frame_support::traits::Nothing;
	type Lookup = IdentityLookup<u64>;
	type Version = Version;
}

impl timing::Config for Test {}

impl upgrades::Config for Test {
	type Notice = ConstU32<NOTICE>;
}

thread_local! {
	static PASSED_ON: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

/// Notes what the admin pallet passes on.
pub struct Next;

impl Next {
	pub const WEIGHT: Weight = Weight::from_parts(77, 7);

	pub fn received() -> Vec<Message> {
		PASSED_ON.with(RefCell::take)
	}
}

impl OnMessage for Next {
	fn weight(_: &Message) -> Weight {
		Self::WEIGHT
	}

	fn on_message(_: ChainId, _: Relation, message: Message) -> DispatchResult {
		PASSED_ON.with_borrow_mut(|all| all.push(message));
		Ok(())
	}
}

/// A message with a name.
pub struct Named;

impl Trace for Named {
	fn current() -> Option<H256> {
		Some(TRACE)
	}
}

impl admin::Config for Test {
	type Next = Next;
	type Trace = Named;
}

/// Reads as its version whatever follows `code:` in the code.
struct Reader;

impl sp_core::traits::ReadRuntimeVersion for Reader {
	fn read_runtime_version(
		&self,
		code: &[u8],
		_: &mut dyn sp_externalities::Externalities,
	) -> Result<Vec<u8>, String> {
		code.strip_prefix(b"code:").map(<[u8]>::to_vec).ok_or_else(|| "no version".into())
	}
}

/// Code that says it is of this version.
pub fn code(name: &str, spec_version: u32) -> Vec<u8> {
	use codec::Encode;
	[&b"code:"[..], &version(name, spec_version).encode()].concat()
}

/// Runs `test` in block 1, then checks what must hold.
pub fn run(test: impl FnOnce()) {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage();
	let mut ext = TestExternalities::new(storage.expect("the genesis builds"));
	ext.register_extension(ReadRuntimeVersionExt::new(Reader));
	ext.execute_with(|| {
		System::set_block_number(1);
		test();
		Upgrades::do_try_state().expect("the invariants hold");
	});
}

/// The events so far.
pub fn events() -> Vec<RuntimeEvent> {
	System::events().into_iter().map(|record| record.event).collect()
}
