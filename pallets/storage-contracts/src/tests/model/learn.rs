// SPDX-License-Identifier: Apache-2.0
//! What events tell: each must be what the oracle expects, and tells it what was agreed.
use super::{super::*, account, oracle::LegTerms, Known, World, KEYS};

/// What a call was about.
pub(super) enum Context {
	None,
	/// Penalties are for this client.
	Fault(AccountId),
	/// The fee is for this client, once the end is said.
	Terminate(AccountId),
	/// What comes first is for this client, up to its stake.
	Audit(AccountId, Balance),
	/// Who pays for a leg.
	TopUp(AccountId),
}

fn signed(amount: Balance) -> i128 {
	i128::try_from(amount).expect("there are fewer tokens")
}

fn index(keys: [u8; 2], who: &AccountId) -> usize {
	keys.iter().position(|key| account(*key) == *who).expect("nobody else is a party")
}

impl World {
	fn adjust(&mut self, who: &AccountId, amount: i128) {
		*self.adjust.entry(who.clone()).or_default() += amount;
	}

	fn expect(&mut self, who: &AccountId, amount: Balance) {
		*self.expected.entry(who.clone()).or_default() += amount;
	}

	/// Takes in the events of a call.
	pub(super) fn learn(&mut self, context: Context) {
		// Slashes before this are for outages.
		let mut direct = matches!(context, Context::Fault(_));
		for event in events() {
			let audited = matches!(event, Event::AuditFailed { .. });
			match event {
				Event::Slashed { provider, compensated, treasury } => {
					*self.taken.entry(provider).or_default() += compensated + treasury;
					self.treasury += treasury;
					match &context {
						Context::Fault(who) | Context::Terminate(who) | Context::Audit(who, _)
							if direct =>
						{
							self.adjust(&who.clone(), signed(compensated));
						}
						_ => {}
					}
				}
				Event::ContractEnding { .. } if matches!(context, Context::Terminate(_)) => {
					direct = true;
				}
				other => self.learn_one(&context, other),
			}
			if let Context::Audit(_, stake) = context {
				direct = audited && stake > 0;
			}
		}
		self.learn_counted();
	}

	fn learn_one(&mut self, context: &Context, event: Event<Test>) {
		match event {
			Event::ContractProposed { id, client, provider, escrow, .. } => {
				self.proposals.insert(id, (client, provider, escrow));
			}
			Event::ProposalEnded { id, .. } => drop(self.proposals.remove(&id)),
			Event::ContractAccepted { id, client, provider } => {
				self.learn_contract(id, &client, &provider);
			}
			Event::LegOpened { contract, leg, escrow, .. } => {
				self.learn_leg(contract, leg);
				if let Context::TopUp(payer) = context {
					let client = self.oracle.legs[&leg].client.clone();
					self.adjust(&payer.clone(), -signed(escrow));
					self.adjust(&client, signed(escrow));
				}
			}
			Event::LegCut { leg, end, .. } => self.learn_cut(context, leg, end.0),
			Event::LegClosed { leg, outcome, .. } => self.learn_end(leg, outcome),
			Event::ContractClosed { id, .. } => {
				assert!(self.live.remove(&id).is_some());
				self.audits.remove(&id);
			}
			Event::StreamDied { stream, from, .. } => self.oracle.bury(stream, from.0),
			Event::WindowPassed { chain, void, .. } => {
				assert_eq!(void, !self.oracle.in_progress(chain));
				self.oracle.pass(chain);
			}
			Event::PenaltiesForgiven { chain, from, to } => {
				self.oracle.forgive(chain, from.0, to.0)
			}
			Event::Claimed { stream, amount, fee, .. } => {
				let received = self.received.entry(stream).or_default();
				*received = (received.0 + amount, received.1 + fee);
			}
			Event::PayoutKept { who, .. } => panic!("{who:?} was not paid"),
			other => self.learn_case(context, other),
		}
	}

	fn learn_contract(&mut self, id: ContractId, client: &AccountId, provider: &AccountId) {
		self.proposals.remove(&id);
		let size = Contracts::<Test>::get(id).expect("accepted").size;
		let (client, provider) = (index(KEYS[0], client), index(KEYS[1], provider));
		let known = Known { client, provider, size };
		self.contracts.insert(id, known.clone());
		self.live.insert(id, known);
	}

	/// Faults, appeals and audits.
	fn learn_case(&mut self, context: &Context, event: Event<Test>) {
		match event {
			Event::FaultFinal { leg, window, .. } => {
				let penalty = self.oracle.finalise(leg, window.0, System::block_number());
				let provider = self.oracle.legs[&leg].provider.clone();
				self.expect(&provider, penalty);
			}
			Event::LegFaulted { leg, window, penalty, .. } => {
				assert_eq!(self.oracle.faults[&(leg, window.0)].penalty, penalty);
			}
			Event::FaultReversed { leg, window } => self.oracle.appeal_fault(leg, window.0),
			Event::OutageReversed { stream, window } => self.oracle.appeal_outage(stream, window.0),
			Event::AuditDemanded { id, .. } => {
				let client = super::client(self.live[&id].client);
				assert!(self.audits.insert(id, client).is_none());
			}
			Event::AuditAnswered { id, deposit } => {
				let client = self.audits.remove(&id).expect("demanded");
				let provider = super::provider(self.live[&id].provider);
				self.adjust(&client, -signed(deposit));
				self.adjust(&provider, signed(deposit));
			}
			Event::AuditFailed { id, .. } => {
				assert!(self.audits.remove(&id).is_some());
				let provider = super::provider(self.live[&id].provider);
				if let Context::Audit(_, stake) = context {
					self.expect(&provider, *stake);
				}
			}
			_ => {}
		}
	}

	fn learn_leg(&mut self, contract: ContractId, id: LegId) {
		let parties = Contracts::<Test>::get(contract).expect("it runs");
		let leg = Legs::<Test>::get(id).expect("open");
		assert!(!self.oracle.is_dead(leg.stream));
		let terms = LegTerms {
			contract,
			client: parties.client,
			provider: parties.provider,
			chain: leg.proof_chain,
			stream: leg.stream,
			price: leg.rate.price,
			fee: leg.rate.fee,
			interval: leg.interval.into(),
			batch: leg.batch.0,
			planned: leg.planned.0,
			end: leg.tracked_end.0,
		};
		self.oracle.open(id, terms);
	}

	/// A leg may lose only what is not settled, nor may be proven already while its chain lives.
	fn learn_cut(&mut self, context: &Context, id: LegId, end: u32) {
		let chain = self.oracle.legs[&id].chain;
		let record = Chains::<Test>::get(chain).expect("registered");
		let floor = self.oracle.reported(chain) + u32::from(self.oracle.in_progress(chain));
		let present = record.estimate(System::block_number() as u64 * BLOCK_MS).expect("few");
		let alive = record.stalled.is_none();
		let terms = self.oracle.legs.get_mut(&id).expect("opened before");
		assert!(terms.planned <= end && end < terms.end, "{terms:?} cut at {end}");
		let (gone, taken) = (end == terms.planned, terms.end - end);
		terms.end = end;
		let (provider, rate) = (terms.provider.clone(), terms.rate());
		if gone {
			self.oracle.open.remove(&id);
			assert_eq!(self.oracle.tally(id, u32::MAX).proven, 0);
		} else {
			assert!(end >= floor, "{end} of {floor} is settled");
			assert!(!alive || end > present.0, "{end} may be proven in {present}");
		}
		if matches!(context, Context::Terminate(_)) {
			let windows = taken.div_ceil(10).max(taken.min(2));
			self.expect(&provider, rate * Balance::from(windows));
		}
	}

	fn learn_end(&mut self, id: LegId, outcome: crate::Outcome) {
		let terms = &self.oracle.legs[&id];
		let limit = self.oracle.limit(terms.stream, terms.chain, System::block_number());
		assert_eq!(outcome.proven, self.oracle.tally(id, limit.max(terms.end)).proven);
		assert_eq!(outcome.windows, terms.end - terms.planned);
		assert_eq!(outcome.paid, terms.rate() * Balance::from(outcome.proven));
		assert_eq!(outcome.paid + outcome.refunded - outcome.compensated, terms.escrow());
		assert!(self.oracle.open.remove(&id));
		self.closed.insert(id, (outcome.proven, outcome.compensated));
	}

	/// Counts streams as far as the pallet did.
	fn learn_counted(&mut self) {
		let streams: std::collections::BTreeMap<_, _> =
			self.oracle.legs.values().map(|leg| (leg.stream, leg.chain)).collect();
		for (stream, chain) in streams {
			let to = match Streams::<Test>::get(stream) {
				Some(record) => record.counted.0,
				None => self.oracle.reported(chain),
			};
			let longest = self.oracle.count(stream, to);
			let gone = !Streams::<Test>::contains_key(stream);
			let alive = longest < self.bounds.outages_to_end;
			assert!(alive || gone || self.oracle.is_dead(stream));
		}
	}
}
