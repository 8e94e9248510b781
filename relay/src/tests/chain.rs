// SPDX-License-Identifier: Apache-2.0
//! A chain with the rules that matter to a relay, and real justifications.

mod links;

use crate::{
	calls::Call,
	finality::{hands_over, Justification, Voters},
};
use bp_header_chain::justification::verify_justification;
use bp_test_utils::{
	accounts, make_justification_for_header, Account, JustificationGeneratorParams,
};
use codec::{Decode, DecodeAll, Encode};
use futures::channel::mpsc::UnboundedSender;
use sp_consensus_grandpa::{
	check_equivocation_proof, ConsensusLog, Equivocation, EquivocationProof, ScheduledChange,
	GRANDPA_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::{traits::Header as _, Digest, DigestItem, Weight};
use std::collections::BTreeMap;
use terrace_client::Error;
use terrace_layers::{
	keys, limits,
	views::{LaneView, NeighbourStatus, NeighbourView},
	Authorities, Balance, Blockers, ChainId, Checkpoint, Direction, FinalityProof, Header, LaneId,
	LaneState, Layer, Relation,
};

/// What every message weighs.
pub(crate) const WEIGHT: Weight = Weight::from_parts(1_000_000_000, 1_000);
/// Authorities of a set.
const MEMBERS: u16 = 4;
/// Blocks between a recovery and its effect.
const DELAY: u32 = 20;

/// A neighbour that is followed from its genesis.
pub(crate) fn view(chain: u8) -> NeighbourView {
	NeighbourView {
		chain: ChainId(H256::repeat_byte(chain)),
		relation: Relation::Child,
		layer: Layer::Contract,
		status: NeighbourStatus::Active,
		best_number: 0,
		best_hash: H256::zero(),
		set_id: 0,
		last_progress_at: 0,
		incarnation: 0,
		bond: 0 as Balance,
		closed_at: None,
		expires_at: u32::MAX,
		blockers: Blockers::NONE,
	}
}

/// A neighbour as the chain knows it.
#[derive(Clone)]
struct Client {
	view: NeighbourView,
	voters: Authorities,
	known: BTreeMap<u32, H256>,
}

/// A lane's end.
#[derive(Clone, Default)]
struct End {
	sent: Vec<Vec<u8>>,
	received: Vec<Vec<u8>>,
	acked: u64,
}

/// A chain.
#[derive(Clone)]
pub(crate) struct Chain {
	pub id: ChainId,
	pub layer: Layer,
	headers: Vec<Header>,
	/// Authority set in the state after each block.
	sets: Vec<u64>,
	justifications: BTreeMap<u32, Vec<u8>>,
	/// What was sent and received after each block.
	history: Vec<BTreeMap<LaneId, (u64, u64)>>,
	lanes: BTreeMap<LaneId, End>,
	client: Client,
	pub listeners: Vec<UnboundedSender<Vec<u8>>>,
	/// Blocks beside the chain.
	forks: Vec<Header>,
	/// What makes the states of this branch others than those of another one.
	twist: H256,
	/// A recovery of the parent that waits.
	pub pending: Option<(Checkpoint, u32)>,
	/// Whether a fork of the neighbour was shown.
	pub forked: bool,
	/// Offences of the neighbour's authorities that were reported.
	pub punished: Vec<Equivocation<H256, u32>>,
	/// Calls that did their work.
	pub applied: Vec<&'static str>,
	/// Calls that came too late.
	pub vain: usize,
}

/// Authorities of a set.
fn members(set: u64) -> Vec<Account> {
	let first = u16::try_from(set).expect("few sets") * MEMBERS;
	accounts(first + MEMBERS).into_iter().skip(first.into()).collect()
}

fn keys_of(set: u64) -> Authorities {
	let keys: Vec<_> = members(set).into_iter().map(Into::into).collect();
	Authorities::try_from(keys).expect("few members")
}

impl Chain {
	/// A chain at its genesis that follows `peer` from there.
	pub fn new(id: u8, layer: Layer, peer: u8, relation: Relation) -> Self {
		let mut chain = Self {
			id: ChainId(H256::repeat_byte(id)),
			layer,
			headers: Vec::new(),
			sets: Vec::new(),
			justifications: BTreeMap::new(),
			history: Vec::new(),
			lanes: LaneId::ALL.into_iter().map(|lane| (lane, End::default())).collect(),
			client: Client {
				view: NeighbourView { relation, ..view(peer) },
				voters: keys_of(0),
				known: BTreeMap::new(),
			},
			listeners: Vec::new(),
			forks: Vec::new(),
			twist: H256::zero(),
			pending: None,
			forked: false,
			punished: Vec::new(),
			applied: Vec::new(),
			vain: 0,
		};
		chain.append(Digest::default(), 0);
		chain
	}

	/// Lets the chain know where its neighbour begins.
	pub fn meet(&mut self, peer: &Chain) {
		let genesis = peer.headers.first().expect("there is a first block").hash();
		self.client.view.best_hash = genesis;
		self.client.known.insert(0, genesis);
	}

	/// The same chain so far, which goes another way from here.
	pub fn branch(&self) -> Self {
		Self { listeners: Vec::new(), twist: H256::repeat_byte(0x0f), ..self.clone() }
	}

	fn append(&mut self, digest: Digest, set: u64) {
		let number = u32::try_from(self.headers.len()).expect("few blocks");
		let parent = self.headers.last().map(Header::hash).unwrap_or_default();
		let root = H256::from_low_u64_be(number.into()) ^ self.id.0 ^ self.twist;
		self.headers.push(Header::new(number, H256::zero(), root, parent, digest));
		self.sets.push(set);
		let ends = self.lanes.iter();
		self.history.push(ends.map(|(lane, end)| (*lane, (sent(end), received(end)))).collect());
	}

	/// Makes blocks and finalises each of them.
	pub fn grow(&mut self, blocks: u32) {
		(0..blocks).for_each(|_| self.finalise(Digest::default(), 0));
	}

	/// Makes a block that replaces the authorities.
	pub fn hand_over(&mut self) {
		let next = keys_of(self.set() + 1).into_iter().map(|key| (key, 1)).collect();
		let change = ConsensusLog::<u32>::ScheduledChange(ScheduledChange {
			next_authorities: next,
			delay: 0,
		});
		let log = DigestItem::Consensus(GRANDPA_ENGINE_ID, change.encode());
		self.finalise(Digest { logs: vec![log] }, 1);
	}

	fn finalise(&mut self, digest: Digest, step: u64) {
		let set = self.set();
		self.append(digest, set + step);
		let header = self.headers.last().expect("just made").clone();
		let encoded = self.justify(&header, set);
		self.justifications.insert(header.number, encoded);
	}

	/// Finalises a block beside the newest one in the same round: what no honest majority does.
	pub fn fork(&mut self) {
		let mut header = self.headers.last().expect("there is a first block").clone();
		header.state_root = H256::repeat_byte(0xf0);
		self.justify(&header, self.set());
		self.forks.push(header);
	}

	/// Makes a justification and tells everybody.
	fn justify(&mut self, header: &Header, set: u64) -> Vec<u8> {
		let justification = make_justification_for_header(JustificationGeneratorParams {
			header: header.clone(),
			round: header.number.into(),
			set_id: set,
			authorities: members(set).into_iter().map(|account| (account, 1)).collect(),
			ancestors: 0,
			forks: 1,
		});
		let encoded = justification.encode();
		self.listeners.retain(|listener| listener.unbounded_send(encoded.clone()).is_ok());
		encoded
	}

	/// A block on the chain or beside it.
	pub fn block(&self, hash: H256) -> Option<&Header> {
		self.headers.iter().chain(&self.forks).find(|header| header.hash() == hash)
	}

	/// Id of the present authority set.
	pub fn set(&self) -> u64 {
		self.sets.last().copied().unwrap_or(0)
	}

	/// Number of the newest block.
	pub fn number(&self) -> u32 {
		u32::try_from(self.headers.len() - 1).expect("few blocks")
	}

	pub fn header(&self, number: u32) -> Option<&Header> {
		self.headers.get(usize::try_from(number).ok()?)
	}

	pub fn number_of(&self, hash: H256) -> Option<u32> {
		self.headers.iter().find(|header| header.hash() == hash).map(|header| header.number)
	}

	/// The justification of a block, if nodes keep that one.
	pub fn stored(&self, number: u32) -> Option<Vec<u8>> {
		let header = self.header(number)?;
		let is_kept = hands_over(header) || number.checked_rem(8) == Some(0);
		self.justifications.get(&number).filter(|_| is_kept).cloned()
	}

	/// The end of the set that a block belongs to, or the newest block.
	pub fn last_of_set(&self, number: u32) -> Option<Vec<u8>> {
		let later = self.headers.get(usize::try_from(number).ok()?..)?;
		let last = later.iter().find(|header| hands_over(header)).or(later.last())?;
		let justification = self.justifications.get(&last.number)?;
		Some((last.hash(), justification, Vec::<Header>::new()).encode())
	}

	pub fn send(&mut self, lane: LaneId, payload: &[u8]) {
		self.lanes.entry(lane).or_default().sent.push(payload.to_vec());
	}

	/// What has arrived.
	pub fn received(&self, lane: LaneId) -> &[Vec<u8>] {
		&self.lanes[&lane].received
	}

	/// Newest of its messages that the chain knows to have arrived.
	pub fn acked(&self, lane: LaneId) -> u64 {
		self.lanes[&lane].acked
	}

	/// The neighbour.
	pub fn view(&self) -> &NeighbourView {
		&self.client.view
	}

	/// The neighbour as time has made of it.
	pub fn seen(&self) -> NeighbourView {
		use NeighbourStatus::{Active, Draining, Expired};
		let mut view = self.client.view.clone();
		let overdue = self.number() >= view.expires_at;
		if overdue && matches!(view.status, Active | Draining) {
			view.status = Expired;
		}
		view
	}

	pub fn view_mut(&mut self) -> &mut NeighbourView {
		&mut self.client.view
	}

	/// The chain's end of a lane, after a block or now.
	pub fn lane(&self, lane: LaneId, at: Option<u32>) -> Option<LaneView> {
		let end = self.lanes.get(&lane)?;
		let (out_nonce, in_nonce) = match at {
			Some(number) => *self.history.get(usize::try_from(number).ok()?)?.get(&lane)?,
			None => (sent(end), received(end)),
		};
		let heads = |messages: &[Vec<u8>], nonce: u64, direction: Direction| {
			let messages = &messages[..usize::try_from(nonce).ok()?];
			direction.extend(0, H256::zero(), messages, &[]).map(|extended| extended.end.1)
		};
		let peer = self.client.view.chain;
		let out_head = heads(&end.sent, out_nonce, lane_of(self.id, peer, lane))?;
		let in_head = heads(&end.received, in_nonce, lane_of(peer, self.id, lane))?;
		let state = LaneState::new(self.id, 0);
		let state = LaneState { out_nonce, out_head, in_nonce, in_head, ..state };
		Some(LaneView { state, acked: end.acked, dead_letters: 0, peer_best: 0 })
	}

	pub fn messages(&self, lane: LaneId, from: u64, limit: u32) -> Vec<Vec<u8>> {
		let skip = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
		let limit = usize::try_from(limit).unwrap_or(usize::MAX);
		self.lanes[&lane].sent.iter().skip(skip).take(limit).cloned().collect()
	}

	pub fn storage(&self, key: &[u8], at: Option<u32>) -> Option<Vec<u8>> {
		if key == keys::grandpa_set_id() {
			let number = usize::try_from(at.unwrap_or(self.number())).ok()?;
			return self.sets.get(number).map(Encode::encode);
		}
		if key == keys::grandpa_authorities() {
			let number = usize::try_from(at.unwrap_or(self.number())).ok()?;
			let list =
				|set: &u64| keys_of(*set).into_iter().map(|key| (key, 1u64)).collect::<Vec<_>>();
			return self.sets.get(number).map(list).map(|list| list.encode());
		}
		self.record(key)
	}

	/// What a call would fail with.
	pub fn check(&self, call: &Call) -> Result<(), Error> {
		match call.name {
			"relay" => Relayed::read(call).and_then(|relayed| self.check_relay(&relayed)),
			"report_equivocation" => self.check_report(call),
			"report_fork" => self.check_fork(call),
			"expire" => self.check_expiry(),
			"recover_parent" => self.check_recovery(call),
			"apply_recovery" => self.check_due(),
			_ => self.imported(&proofs(call)?).map(drop),
		}
	}

	/// Does what a call says, or nothing.
	pub fn apply(&mut self, call: &Call, now: u32) -> Result<(), Error> {
		self.check(call).inspect_err(|_| self.vain += 1)?;
		match call.name {
			"relay" => self.apply_relay(Relayed::read(call)?, now)?,
			"report_equivocation" => self.punished.push(field(call, "equivocation")?),
			"report_fork" => {
				self.forked = true;
				self.client.view.status = NeighbourStatus::Frozen;
			}
			"expire" => self.client.view.status = NeighbourStatus::Expired,
			"recover_parent" => self.pending = Some((field(call, "checkpoint")?, now + DELAY)),
			"apply_recovery" => self.adopt(now),
			_ => self.import(&proofs(call)?, now)?,
		}
		self.applied.push(call.name);
		Ok(())
	}

	/// What the client would be after these proofs.
	fn imported(&self, proofs: &[FinalityProof]) -> Result<(NeighbourView, Authorities), Error> {
		let (mut view, mut keys) = (self.seen(), self.client.voters.clone());
		let followed = matches!(view.status, NeighbourStatus::Active | NeighbourStatus::Draining);
		refuse(!followed, "ChainRegistry", "NotActive")?;
		for (place, proof) in proofs.iter().enumerate() {
			let voters = Voters::new(keys.clone(), view.set_id).expect("not empty");
			let (header, justification) = (&proof.header, &proof.justification);
			refuse(header.number <= view.best_number, "ChainRegistry", "Obsolete")?;
			refuse(proof.set_id != view.set_id, "ChainRegistry", "WrongSetId")?;
			let target = (header.hash(), header.number);
			let verified = verify_justification(target, &voters.context, justification);
			refuse(verified.is_err(), "ChainRegistry", "InvalidJustification")?;
			let is_last = place + 1 == proofs.len();
			refuse(!is_last && !hands_over(header), "ChainRegistry", "InvalidBatch")?;
			if let Some(next) = voters.after(header) {
				(view.set_id, keys) = (next.set_id, next.members);
			}
			(view.best_number, view.best_hash) = (header.number, header.hash());
		}
		Ok((view, keys))
	}

	fn import(&mut self, proofs: &[FinalityProof], now: u32) -> Result<(), Error> {
		let (view, voters) = self.imported(proofs)?;
		let life = self.client.view.expires_at - self.client.view.last_progress_at;
		let headers = proofs.iter().map(|proof| (proof.header.number, proof.header.hash()));
		self.client.known.extend(headers);
		if self.pending.take().is_some() {
			self.applied.push("cancelled");
		}
		self.client.view = view;
		self.client.voters = voters;
		self.client.view.last_progress_at = now;
		self.client.view.expires_at = now.saturating_add(life);
		Ok(())
	}

	fn check_relay(&self, relayed: &Relayed) -> Result<(), Error> {
		let end = &self.lanes[&relayed.lane];
		refuse(relayed.first != received(end) + 1, "CrossLayer", "Obsolete")?;
		match &relayed.finality {
			Some(proof) => {
				self.imported(std::slice::from_ref(proof))?;
				refuse(proof.header.number != relayed.at, "CrossLayer", "HeaderUnknown")?;
			}
			None => {
				let is_known = self.client.known.contains_key(&relayed.at);
				refuse(!is_known, "CrossLayer", "HeaderUnknown")?;
			}
		}
		let [proven] = &relayed.proof[..] else {
			return refuse(true, "CrossLayer", "BadStateProof");
		};
		let proven = LaneState::decode_all(&mut &proven[..])
			.or_else(|_| refuse(true, "CrossLayer", "BadStateProof").map(|()| unreachable!()))?;
		let lane = lane_of(self.client.view.chain, self.id, relayed.lane);
		let here = lane.extend(0, H256::zero(), &end.received, &[]).expect("few messages").end;
		let brought = lane.extend(here.0, here.1, &relayed.messages, &relayed.tail);
		let (counted, head) = brought.expect("few messages").end;
		refuse(counted != proven.out_nonce, "CrossLayer", "WrongCount")?;
		refuse(head != proven.out_head, "CrossLayer", "WrongHead")?;
		let nothing = relayed.messages.is_empty() && proven.in_nonce <= end.acked;
		refuse(nothing, "CrossLayer", "Obsolete")?;
		refuse(proven.in_nonce > sent(end), "CrossLayer", "LaneMismatch")?;
		let count = u64::try_from(relayed.messages.len()).expect("few messages");
		let is_enough = WEIGHT.saturating_mul(count).all_lte(relayed.max_weight);
		refuse(!is_enough, "CrossLayer", "WeightTooLow")
	}

	fn check_report(&self, call: &Call) -> Result<(), Error> {
		let equivocation: Equivocation<H256, u32> = field(call, "equivocation")?;
		let set: Authorities = field(call, "set")?;
		let set_id: u64 = field(call, "set_id")?;
		let headers: (Header, Header) = (field(call, "header1")?, field(call, "header2")?);
		let is_known = set == self.client.voters && set_id == self.client.view.set_id;
		refuse(!is_known, "ChainRegistry", "StaleEvidence")?;
		refuse(!set.contains(equivocation.offender()), "ChainRegistry", "NotInSet")?;
		let used = self.punished.contains(&equivocation);
		refuse(used, "ChainRegistry", "EvidenceUsed")?;
		let Equivocation::Precommit(votes) = &equivocation else {
			return refuse(true, "ChainRegistry", "EvidenceInvalid");
		};
		let targets = (votes.first.0.target_hash, votes.second.0.target_hash);
		let other = targets != (headers.0.hash(), headers.1.hash());
		refuse(other, "ChainRegistry", "EvidenceInvalid")?;
		let is_valid = check_equivocation_proof(EquivocationProof::new(set_id, equivocation));
		refuse(!is_valid, "ChainRegistry", "EvidenceInvalid")
	}

	fn apply_relay(&mut self, relayed: Relayed, now: u32) -> Result<(), Error> {
		if let Some(proof) = &relayed.finality {
			self.import(std::slice::from_ref(proof), now)?;
		}
		let proven = LaneState::decode(&mut &relayed.proof[0][..]).expect("checked");
		let end = self.lanes.entry(relayed.lane).or_default();
		end.received.extend(relayed.messages);
		end.acked = end.acked.max(proven.in_nonce);
		Ok(())
	}
}

fn lane_of(source: ChainId, target: ChainId, lane: LaneId) -> Direction {
	Direction { source, target, lane, incarnation: 0 }
}

fn sent(end: &End) -> u64 {
	u64::try_from(end.sent.len()).expect("few messages")
}

fn received(end: &End) -> u64 {
	u64::try_from(end.received.len()).expect("few messages")
}

/// The fields of a relay call.
struct Relayed {
	lane: LaneId,
	finality: Option<FinalityProof>,
	at: u32,
	proof: Vec<Vec<u8>>,
	first: u64,
	messages: Vec<Vec<u8>>,
	tail: Vec<H256>,
	max_weight: Weight,
}

impl Relayed {
	fn read(call: &Call) -> Result<Self, Error> {
		let messages: Vec<Vec<u8>> = field(call, "messages")?;
		let most = usize::try_from(limits::MAX_MESSAGES_PER_CALL).expect("it is small");
		refuse(messages.len() > most, "CrossLayer", "TooManyMessages")?;
		Ok(Self {
			lane: field(call, "lane")?,
			finality: field(call, "finality")?,
			at: field(call, "at")?,
			proof: field(call, "proof")?,
			first: field(call, "first")?,
			messages,
			tail: field(call, "tail")?,
			max_weight: field(call, "max_weight")?,
		})
	}
}

/// The proofs of a finality call.
fn proofs(call: &Call) -> Result<Vec<FinalityProof>, Error> {
	let proofs: Vec<FinalityProof> = match call.name {
		"submit_finality" => vec![field(call, "proof")?],
		"submit_finality_batch" => field(call, "proofs")?,
		_ => return refuse(true, "System", "CallFiltered").map(|()| Vec::new()),
	};
	refuse(proofs.len() > 8, "ChainRegistry", "TooLarge")?;
	Ok(proofs)
}

fn field<T: DecodeAll>(call: &Call, name: &str) -> Result<T, Error> {
	let value = call.field(name).unwrap_or_else(|| panic!("{} has no {name}", call.name));
	T::decode_all(&mut &value[..]).map_err(|error| Error::Unsupported {
		url: "ws://target".into(),
		what: format!("{}.{name}: {error}", call.name),
	})
}

/// Fails with an error of a pallet.
pub(crate) fn refuse(condition: bool, pallet: &str, name: &str) -> Result<(), Error> {
	match condition {
		true => {
			Err(Error::Dispatch { pallet: pallet.into(), name: name.into(), docs: String::new() })
		}
		false => Ok(()),
	}
}

#[test]
fn chain_refuses_what_is_not_proven() {
	let mut source = Chain::new(1, Layer::Main, 2, Relation::Child);
	let mut target = Chain::new(2, Layer::Contract, 1, Relation::Parent);
	source.grow(1);
	let header = source.header(1).expect("just made").clone();
	let justification = source.justifications[&1].clone();
	let justification = Justification::decode(&mut &justification[..]).expect("just made");
	let raw =
		FinalityProof { header: header.clone(), justification: justification.clone(), set_id: 0 };
	let call = crate::calls::finality(source.id, &[raw]);
	assert!(target.apply(&call, 1).is_err(), "one vote too many");
	let voters = Voters::new(keys_of(0), 0).expect("not empty");
	let cut = voters.accept(justification).expect("enough votes");
	let call = crate::calls::finality(source.id, &[voters.proof(header, cut)]);
	assert_eq!(target.apply(&call, 1), Ok(()));
	assert!(target.apply(&call, 1).is_err(), "the same again");
	assert_eq!((target.view().best_number, target.vain), (1, 2));
}
