// SPDX-License-Identifier: Apache-2.0
//! The network tests. Each leaves the network running and idle.

mod bad_input;
mod changes;
mod clients;
mod faults;
mod restart;
mod store;
mod upgrade;
mod validators;

use crate::{
	contracts::{close, compare, ended, store},
	Failure, Network,
};
use futures::future::BoxFuture;
use std::path::{Path, PathBuf};

/// A test: its name, and what it does with a running network.
pub struct Case {
	/// Its name, a sentence.
	pub name: &'static str,
	/// Which of the two parts it is of, that may run at the same time on a network each.
	pub part: u8,
	/// Runs it.
	pub run: for<'a> fn(&'a mut Network) -> BoxFuture<'a, Result<(), Failure>>,
}

/// A case named like the sentence that it checks.
macro_rules! case {
	($part:literal, $name:ident, $run:path) => {
		Case { name: stringify!($name), part: $part, run: |network| Box::pin($run(network)) }
	};
}

/// All tests, in the order in which they run.
pub const CASES: [Case; 11] = [
	case!(1, files_of_any_name_and_size_are_stored_proven_paid_and_fetched, store::whole_way),
	case!(1, a_contract_is_extended_and_cancelled, changes::extend_and_cancel),
	case!(1, a_contract_is_audited_repriced_and_ended_by_agreement, changes::audit_and_agree),
	case!(1, bad_input_is_refused_and_leaves_no_escrow_behind, bad_input::run),
	case!(1, polkadot_js_reads_and_decodes_all_three_chains, clients::polkadot_js),
	case!(
		1,
		a_provider_that_loses_its_blob_is_not_paid_and_the_client_is_refunded,
		faults::lost_blob
	),
	case!(
		1,
		a_collator_killed_with_its_relay_loses_nothing_and_repeats_nothing,
		restart::collators
	),
	case!(1, a_provider_killed_in_the_middle_goes_on, restart::provider),
	case!(
		2,
		a_relay_catches_up_over_two_authority_sets_and_one_of_four_validators_may_fail,
		validators::outage
	),
	case!(2, votes_upgrade_all_three_layers_while_a_contract_is_proven, upgrade::all_layers),
	case!(2, the_web_dapp_and_every_call_work_from_metadata_alone, clients::dapp),
];

/// Writes a file of `size` bytes that differ from test to test.
fn write_file(dir: &Path, name: &str, size: usize) -> Result<PathBuf, Failure> {
	let mut data = vec![0; size];
	let mut reader = blake3::Hasher::new().update(name.as_bytes()).finalize_xof();
	reader.fill(&mut data);
	let path = dir.join(name);
	std::fs::write(&path, data)?;
	Ok(path)
}
