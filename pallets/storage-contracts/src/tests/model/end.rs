// SPDX-License-Identifier: Apache-2.0
//! The way out that each party has by itself, whatever happened before.
use super::{super::*, learn::Context, World, CHAINS, KEYS};

/// Calls after which a contract must be over.
const PATIENCE: u32 = 8;

impl World {
	/// One party of each contract ends it, with calls of its own alone and with time.
	pub(super) fn end_alone(&mut self) {
		let by_client = self.bounds.client_ends;
		while !self.proposals.is_empty() {
			self.unpropose(by_client);
		}
		if self.bounds.chains_die {
			self.outlive(by_client);
		} else {
			self.report_the_rest();
		}
		self.wait(self.bounds.appeal + AUDIT_PERIOD + 1);
		for id in self.live.clone().into_keys() {
			let who = self.party(id, by_client);
			for _ in 0..PATIENCE {
				if !self.live.contains_key(&id) {
					break;
				}
				self.count_all(&who, id);
				if self.audits.contains_key(&id) {
					let _ = self.fail_audit(who.clone(), id);
				}
				let _ = self.close(who.clone(), id);
				self.check();
			}
			assert!(!self.live.contains_key(&id), "{id} cannot be ended");
		}
		// Faults and outages that are not final keep their streams; making them so leaves nothing.
		let keys = KEYS[usize::from(!by_client)];
		let who = super::account(keys[0]);
		self.finalise_all(who.clone());
		for index in 0..2 {
			for chain in CHAINS {
				self.advance(who.clone(), super::provider(index), chain, 10_000);
			}
		}
		self.check();
	}

	/// Counts what a contract's provider has earned.
	fn count_all(&mut self, who: &AccountId, id: ContractId) {
		let provider = super::provider(self.live[&id].provider);
		for chain in CHAINS {
			self.advance(who.clone(), provider.clone(), chain, 10_000);
		}
	}

	/// No proof chain is heard of any more: each contract leaves them.
	fn outlive(&mut self, by_client: bool) {
		let (blocks, keys) = (13 * WINDOW_BLOCKS, KEYS[usize::from(!by_client)]);
		self.wait(blocks);
		for chain in CHAINS {
			let who = super::account(keys[0]);
			if Chains::<Test>::get(chain).expect("registered").stalled.is_none() {
				let flag = || StorageContracts::flag_stalled(by(who), chain);
				assert_ok!(self.call(Context::None, flag));
			}
		}
		self.wait((STALL_EXIT_MS / BLOCK_MS) as u32 + 1);
		for id in self.live.clone().into_keys() {
			let who = self.party(id, by_client);
			self.count_all(&who, id);
			let exit = || StorageContracts::exit_stalled(by(who), id);
			let left = self.call(Context::None, exit);
			let over = Err(Error::<Test>::EndsBefore.into());
			assert!(left == Ok(()) || left == over, "{left:?}");
			self.check();
		}
	}

	/// The proof chains report all windows that are left, with half of the batches never applied.
	fn report_the_rest(&mut self) {
		for id in CHAINS {
			MockFull::remove(id);
			self.wait(2);
			let chain = Chains::<Test>::get(id).expect("registered");
			let cursor = chain.applied.0 + (chain.sent.0 - chain.applied.0) / 2;
			while self.oracle.reported(id) <= self.oracle.horizon(id) {
				let chain = Chains::<Test>::get(id).expect("registered");
				let part = chain.part.map_or(0, |part| part.next);
				let report = Reporter::clean().window(chain.reported.0).part(part).applied(cursor);
				self.deliver(id, report);
			}
		}
	}
}
