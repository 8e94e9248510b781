// SPDX-License-Identifier: Apache-2.0
//! Referenda of the main chain, and the upgrades that they decide on.

use crate::{Chain, Error, Included, Signer, Wait};
use codec::{Compact, Decode, DecodeAll, Encode};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use terrace_layers::{keys, AccountId, Balance};

/// Longest call that a referendum holds itself; a longer one is noted first.
const INLINE: usize = 128;
/// Root, as the runtimes' list of origins encodes it.
const ROOT: [u8; 2] = [0, 0];
/// Most referenda that are looked at.
const NEWEST: u32 = 20;

/// How often the tokens of a vote count, and for how many periods they stay locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conviction(u8);

impl Conviction {
	/// The longest lock.
	pub const MAX: u8 = 6;

	/// A tenth of a vote without a lock for 0, otherwise `times` votes, locked for 2 to the power of
	/// `times - 1` periods.
	pub fn new(times: u8) -> Option<Self> {
		(times <= Self::MAX).then_some(Self(times))
	}

	/// As the chain encodes a vote.
	fn vote(self, aye: bool) -> u8 {
		if aye {
			self.0 | 0x80
		} else {
			self.0
		}
	}
}

/// A deposit.
type Deposit = (AccountId, Balance);

/// Votes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub struct Tally {
	/// Votes for it, with conviction.
	pub ayes: Balance,
	/// Votes against it, with conviction.
	pub nays: Balance,
	/// Tokens for it, without conviction.
	pub support: Balance,
}

/// Since when a referendum is decided on, and when it passes if nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub struct Deciding {
	/// Block since which it is decided on.
	pub since: u32,
	/// Block in which it passes, if enough are for it now.
	pub confirming: Option<u32>,
}

/// What a referendum would do.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum Proposal {
	/// A call that was noted, in a format of the past.
	#[codec(index = 0)]
	Legacy(H256),
	/// The call itself.
	#[codec(index = 1)]
	Inline(Vec<u8>),
	/// A call that was noted: its hash and length.
	#[codec(index = 2)]
	Noted(H256, u32),
}

/// When an approved call is dispatched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
enum Enactment {
	#[codec(index = 0)]
	At(u32),
	#[codec(index = 1)]
	After(u32),
}

/// A referendum under way.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Ongoing {
	/// Its track.
	pub track: u16,
	/// The pallet that its origin is of, and which origin of it.
	pub origin: (u8, u8),
	/// What it would do.
	pub proposal: Proposal,
	_enactment: Enactment,
	/// Block in which it was proposed.
	pub submitted: u32,
	/// Who proposed it, and the deposit for that.
	pub submission_deposit: Deposit,
	/// The deposit without which it is not decided on.
	pub decision_deposit: Option<Deposit>,
	/// The decision, once it has begun.
	pub deciding: Option<Deciding>,
	/// Votes so far.
	pub tally: Tally,
	_in_queue: bool,
	_alarm: Option<(u32, (u32, u32))>,
}

/// A referendum, and for a past one the block in which it ended.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum Referendum {
	/// It is under way.
	#[codec(index = 0)]
	Ongoing(Ongoing),
	/// It passed.
	#[codec(index = 1)]
	Approved(u32, Option<Deposit>, Option<Deposit>),
	/// Too few were for it.
	#[codec(index = 2)]
	Rejected(u32, Option<Deposit>, Option<Deposit>),
	/// It was called off.
	#[codec(index = 3)]
	Cancelled(u32, Option<Deposit>, Option<Deposit>),
	/// Nobody wanted to decide on it.
	#[codec(index = 4)]
	TimedOut(u32, Option<Deposit>, Option<Deposit>),
	/// It was called off as an abuse.
	#[codec(index = 5)]
	Killed(u32),
}

impl Referendum {
	/// Reads what the main chain keeps of a referendum.
	pub fn read(mut bytes: &[u8]) -> Result<Self, codec::Error> {
		Self::decode_all(&mut bytes)
	}
}

/// Code that a chain's governance has announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub struct Announced {
	/// Hash of the code.
	pub code_hash: H256,
	/// First block that may apply it.
	pub not_before: u32,
}

/// The hash by which code is announced.
pub fn code_hash(code: &[u8]) -> H256 {
	blake2_256(code).into()
}

/// The call by which root announces code on `chain`.
pub fn announce(chain: &Chain, code: H256, not_before: u32) -> Result<Vec<u8>, Error> {
	chain.call("Upgrades", "announce", &(code, not_before))
}

/// The call by which `parent` has root of its child dispatch `call`, of the child's runtime of today.
pub fn send_down(parent: &Chain, child: &Chain, call: Vec<u8>) -> Result<Vec<u8>, Error> {
	parent.call("CrossLayer", "send_admin", &(child.id(), child.spec_version(), call))
}

/// Proposes that root dispatches `call`, and puts down the deposit without which nobody decides on it.
/// Returns the number of the referendum.
pub async fn propose(main: &Chain, signer: &Signer, call: &[u8]) -> Result<u32, Error> {
	let mut proposal = Vec::new();
	if call.len() <= INLINE {
		proposal.push(1);
		call.encode_to(&mut proposal);
	} else {
		note(main, signer, call).await?;
		let length = u32::try_from(call.len()).unwrap_or(u32::MAX);
		proposal.push(2);
		(H256(blake2_256(call)), length).encode_to(&mut proposal);
	}
	// As soon as its track allows after it has passed.
	let enactment = (1_u8, 0_u32);
	let submit = main.call("Referenda", "submit", &(ROOT, Raw(proposal), enactment))?;
	let included = main.submit_signed(&submit, signer, Wait::Best).await?;
	let event = included.event("Referenda", "Submitted");
	let event = event.ok_or_else(|| main.unsupported("event Referenda.Submitted"))?;
	let index: u32 = event.decode()?;
	let deposit = main.call("Referenda", "place_decision_deposit", &(index,))?;
	main.submit_signed(&deposit, signer, Wait::Finalized).await?;
	Ok(index)
}

/// Puts a call on chain; it may be there already.
async fn note(main: &Chain, signer: &Signer, call: &[u8]) -> Result<(), Error> {
	let note = main.call("Preimage", "note_preimage", &(call,))?;
	match main.submit_signed(&note, signer, Wait::Best).await {
		Err(error) if error.is_dispatch("Preimage", "AlreadyNoted") => Ok(()),
		noted => noted.map(drop),
	}
}

/// Votes with tokens of the signer.
pub async fn vote(
	main: &Chain,
	signer: &Signer,
	index: u32,
	aye: bool,
	balance: Balance,
	conviction: Conviction,
) -> Result<Included, Error> {
	let standard = (0_u8, conviction.vote(aye), balance);
	let call = main.call("ConvictionVoting", "vote", &(Compact(index), standard))?;
	main.submit_signed(&call, signer, Wait::Finalized).await
}

/// The newest referenda, newest first.
pub async fn referenda(main: &Chain) -> Result<Vec<(u32, Referendum)>, Error> {
	let count = main.storage(&keys::value("Referenda", "ReferendumCount"), None).await?;
	let count = count.map_or(Ok(0), |bytes| u32::decode_all(&mut &bytes[..]));
	let count = count.map_err(|error| main.malformed("Referenda.ReferendumCount", error))?;
	let mut found = Vec::new();
	for index in (count.saturating_sub(NEWEST)..count).rev() {
		if let Some(referendum) = self::referendum(main, index).await? {
			found.push((index, referendum));
		}
	}
	Ok(found)
}

/// One referendum.
pub async fn referendum(main: &Chain, index: u32) -> Result<Option<Referendum>, Error> {
	let key = keys::map_blake2("Referenda", "ReferendumInfoFor", &index.encode());
	let Some(bytes) = main.storage(&key, None).await? else { return Ok(None) };
	let read = Referendum::read(&bytes);
	read.map(Some).map_err(|error| main.malformed("Referenda.ReferendumInfoFor", error))
}

/// The code that is announced on a chain, if any.
pub async fn announced(chain: &Chain) -> Result<Option<Announced>, Error> {
	let Some(bytes) = chain.storage(&keys::value("Upgrades", "Announced"), None).await? else {
		return Ok(None);
	};
	let read = Announced::decode_all(&mut &bytes[..]);
	read.map(Some).map_err(|error| chain.malformed("Upgrades.Announced", error))
}

/// Brings announced code to a chain; that takes no account and costs nothing.
pub async fn apply(chain: &Chain, code: &[u8]) -> Result<Included, Error> {
	let call = chain.call("Upgrades", "apply", &(code,))?;
	chain.submit_general_and_wait(&call, Wait::Finalized).await
}

/// Bytes that are encoded already.
struct Raw(Vec<u8>);

impl Encode for Raw {
	fn encode_to<O: codec::Output + ?Sized>(&self, output: &mut O) {
		output.write(&self.0);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn votes_have_golden_bytes() {
		let vote = |times, aye| Conviction::new(times).map(|conviction| conviction.vote(aye));
		assert_eq!(vote(0, false), Some(0));
		assert_eq!(vote(1, true), Some(0x81));
		assert_eq!(vote(6, true), Some(0x86));
		assert_eq!(vote(7, true), None);
	}

	#[test]
	fn past_referenda_are_read() {
		let who = AccountId::new([1; 32]);
		let bytes = (1_u8, 77_u32, Some((who.clone(), 5_u128)), None::<Deposit>).encode();
		let approved = Referendum::Approved(77, Some((who, 5)), None);
		assert_eq!(Referendum::read(&bytes), Ok(approved));
		assert_eq!(Referendum::read(&(5_u8, 9_u32).encode()), Ok(Referendum::Killed(9)));
	}

	#[test]
	fn what_is_no_referendum_is_not_read() {
		for bytes in [vec![], vec![6, 0, 0, 0, 0], vec![5, 0, 0], vec![5, 0, 0, 0, 0, 0]] {
			assert!(Referendum::read(&bytes).is_err(), "{bytes:?}");
		}
	}

	#[test]
	fn code_is_named_by_its_blake2_hash() {
		let hex = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
		assert_eq!(hex::encode(code_hash(b"")), hex);
	}
}
