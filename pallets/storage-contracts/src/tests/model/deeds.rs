// SPDX-License-Identifier: Apache-2.0
//! What the parties of a contract do with it.
use super::{
	super::{ends::consent, *},
	actions::Deed,
	client, done, evidence,
	learn::Context,
	provider, World, CHAINS, KEYS, RATE,
};
use terrace_layers::{Change, Consent};

impl World {
	/// The account that acts, and the other party's consent.
	fn agreed(&self, id: ContractId, by_client: bool, change: Change) -> (AccountId, Consent) {
		let known = &self.live[&id];
		let (client_key, provider_key) = (KEYS[0][known.client], KEYS[1][known.provider]);
		let other = if by_client { provider_key } else { client_key };
		(self.party(id, by_client), consent(other, id, change))
	}

	/// One of a contract's parties.
	pub(super) fn party(&self, id: ContractId, by_client: bool) -> AccountId {
		let known = &self.live[&id];
		if by_client {
			client(known.client)
		} else {
			provider(known.provider)
		}
	}

	pub(super) fn deed(&mut self, id: ContractId, deed: Deed) {
		let (owner, keeper) = (self.party(id, true), self.party(id, false));
		let none = Context::None;
		let _ = match deed {
			Deed::Close => self.close(STRANGER, id),
			Deed::Cancel => self.call(none, || StorageContracts::cancel(by(owner), id)),
			Deed::Terminate => {
				let terminate = || StorageContracts::terminate(by(keeper), id);
				self.call(Context::Terminate(owner), terminate)
			}
			Deed::EndMutually { by_client } => {
				let (who, consent) = self.agreed(id, by_client, Change::End);
				self.call(none, || StorageContracts::end_mutually(by(who), id, consent))
			}
			Deed::EndFaulty => self.call(none, || StorageContracts::end_faulty(by(STRANGER), id)),
			Deed::ExitStalled { by_client } => {
				let who = self.party(id, by_client);
				self.call(none, || StorageContracts::exit_stalled(by(who), id))
			}
			Deed::Extend { windows } => {
				self.call(none, || StorageContracts::extend(by(owner), id, windows, Balance::MAX))
			}
			Deed::TopUp { payer, windows } => {
				let payer = client(payer);
				let context = Context::TopUp(payer.clone());
				self.call(context, || StorageContracts::top_up(by(payer), id, windows))
			}
			Deed::Amend { by_client, factor } => {
				let price = factor * RATE;
				let (who, consent) = self.agreed(id, by_client, Change::Amend { price });
				self.call(none, || StorageContracts::amend(by(who), id, price, consent))
			}
			Deed::Move { by_client, agreed } => self.go(id, by_client, agreed),
			Deed::DemandAudit => {
				let chunks = vec![0].try_into().expect("few");
				self.call(none, || StorageContracts::demand_audit(by(owner), id, chunks))
			}
			Deed::AnswerAudit { right } => self.answer(id, right),
			Deed::FailAudit => self.fail_audit(STRANGER, id),
		};
	}

	/// Moves a contract to the proof chain that it is not on.
	fn go(&mut self, id: ContractId, by_client: bool, agreed: bool) -> DispatchResult {
		let from = leg(id).proof_chain;
		let to = CHAINS.into_iter().find(|chain| *chain != from).expect("there are two");
		let (who, consent) = self.agreed(id, by_client, Change::Move { proof_chain: to });
		let consent = agreed.then_some(consent);
		self.call(Context::None, || StorageContracts::move_to(by(who), id, to, consent))
	}

	fn answer(&mut self, id: ContractId, right: bool) -> DispatchResult {
		let size = self.live[&id].size;
		// The same chunk of a longer blob is not enough.
		let proof = evidence::show(if right { size } else { size + 1_024 }, &[0]);
		let open = self.audits.contains_key(&id);
		let late = crate::Audits::<Test>::get(id)
			.is_some_and(|audit| System::block_number() > audit.deadline);
		let answer = || StorageContracts::answer_audit(by(STRANGER), id, proof);
		let answered = self.call(Context::None, answer);
		assert_eq!(answered.is_ok(), open && right && !late, "{answered:?}");
		answered
	}

	pub(super) fn fail_audit(&mut self, who: AccountId, id: ContractId) -> DispatchResult {
		let open = self.oracle.open.iter().map(|leg| &self.oracle.legs[leg]);
		let open = open.filter(|leg| leg.contract == id);
		let windows = Balance::from(COLLATERAL_WINDOWS);
		let stake = open.map(|leg| leg.rate() * windows).sum();
		let context = Context::Audit(self.party(id, true), stake);
		self.call(context, || StorageContracts::fail_audit(by(who), id))
	}

	/// Closes what can be closed of a contract, no sooner and no later.
	pub(super) fn close(&mut self, who: AccountId, id: ContractId) -> DispatchResult {
		let first = self.oracle.open.iter().find(|leg| self.oracle.legs[*leg].contract == id);
		let over = first.is_some_and(|leg| self.oracle.is_over(&self.oracle.legs[leg]));
		let closed = self.call(Context::None, || done(StorageContracts::close(by(who), id)));
		match closed {
			Ok(()) => assert!(over),
			Err(error) if error == Error::<Test>::NotEnded.into() => assert!(!over),
			Err(error) if error == Error::<Test>::AuditOpen.into() => {
				assert!(self.audits.contains_key(&id));
			}
			Err(error) => {
				let waits = [Error::<Test>::AdvanceFirst.into(), Error::<Test>::FaultYoung.into()];
				assert!(over && waits.contains(&error), "{error:?}");
			}
		}
		closed
	}

	/// Shows that a fault was none.
	pub(super) fn appeal_fault(&mut self, nth: usize, forged: bool) {
		let open = self.oracle.faults.iter().filter(|(_, fault)| !fault.closed);
		let open: Vec<_> = open.map(|(key, fault)| (*key, fault.at)).collect();
		let Some(((id, window), at)) = open.get(nth % open.len().max(1)).copied() else { return };
		let young = System::block_number() < at + self.bounds.appeal;
		let leg = &self.oracle.legs[&id];
		let size = self.contracts[&leg.contract].size;
		let evidence = evidence::appeal(id, leg, size, window, forged);
		let appeal = || StorageContracts::appeal_fault(by(STRANGER), id, Window(window), evidence);
		let made = self.call(Context::None, appeal);
		assert_eq!(made.is_ok(), young && !forged, "{made:?}");
	}

	/// Shows that an outage was none, by the answer of a leg that was due.
	pub(super) fn appeal_outage(&mut self, nth: usize, forged: bool) {
		let young = self.oracle.young_outages(System::block_number());
		let Some((stream, window)) = young.get(nth % young.len().max(1)).copied() else { return };
		let due = self.oracle.open.iter().find(|id| {
			let leg = &self.oracle.legs[*id];
			let start = self.oracle.start(leg).is_some_and(|start| start <= window);
			leg.stream == stream && start && window < leg.end
		});
		let Some(id) = due.copied() else { return };
		let leg = &self.oracle.legs[&id];
		let size = self.contracts[&leg.contract].size;
		let evidence = evidence::appeal(id, leg, size, window, forged);
		let appeal = || StorageContracts::appeal_outage(by(STRANGER), id, Window(window), evidence);
		let made = self.call(Context::None, appeal);
		assert_eq!(made.is_ok(), !forged, "{made:?}");
	}
}
