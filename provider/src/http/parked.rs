// SPDX-License-Identifier: Apache-2.0
//! Uploads that broke off and may go on.
//!
//! They are kept in memory: a restart forgets them, and the store removes their leftovers then.

use crate::store::Incoming;
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, MutexGuard},
};
use terrace_layers::ContractId;

/// Most uploads that wait; the oldest is thrown away for one more.
const MOST: usize = 8;

/// Uploads that wait to go on.
#[derive(Clone, Default)]
pub struct Parked(Arc<Mutex<VecDeque<(ContractId, Incoming)>>>);

impl Parked {
	fn list(&self) -> MutexGuard<'_, VecDeque<(ContractId, Incoming)>> {
		self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
	}

	/// Bytes that are kept of a contract's upload.
	pub fn received(&self, id: ContractId) -> u64 {
		self.list().iter().find(|(other, _)| *other == id).map_or(0, |(_, it)| it.received())
	}

	/// Takes the upload that stopped after `offset` bytes; one that stopped elsewhere stays.
	pub fn take(&self, id: ContractId, offset: u64) -> Option<Incoming> {
		let mut list = self.list();
		let place = list
			.iter()
			.position(|(other, incoming)| *other == id && incoming.received() == offset)?;
		list.remove(place).map(|(_, incoming)| incoming)
	}

	/// Keeps an upload, in place of another one of the same contract.
	fn park(&self, id: ContractId, incoming: Incoming) {
		let mut gone = Vec::new();
		let mut list = self.list();
		if let Some(place) = list.iter().position(|(other, _)| *other == id) {
			gone.extend(list.remove(place));
		}
		list.push_back((id, incoming));
		if list.len() > MOST {
			gone.extend(list.pop_front());
		}
		drop(list);
		// While the program ends there is nobody to remove them; the next start does.
		let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
		for (_, incoming) in gone {
			runtime.spawn(incoming.discard());
		}
	}

	/// Guards an upload while it is received.
	pub fn guard(&self, id: ContractId, incoming: Incoming) -> Receiving {
		Receiving { parked: self.clone(), id, incoming: Some(incoming) }
	}
}

/// An upload under way; one that is dropped before its end waits to go on.
///
/// A client that is gone ends a request either with an error or without a word: this holds for both.
pub struct Receiving {
	parked: Parked,
	id: ContractId,
	incoming: Option<Incoming>,
}

impl Receiving {
	/// The upload, unless it was taken.
	pub fn incoming(&mut self) -> Option<&mut Incoming> {
		self.incoming.as_mut()
	}

	/// Takes the upload out of the guard.
	pub fn take(mut self) -> Option<Incoming> {
		self.incoming.take()
	}
}

impl Drop for Receiving {
	fn drop(&mut self) {
		if let Some(incoming) = self.incoming.take() {
			self.parked.park(self.id, incoming);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Store;
	use bytes::Bytes;
	use terrace_possession::{BlobSize, ContentId};

	async fn begun(store: &Store, bytes: &[u8], first: usize) -> Incoming {
		let size = BlobSize::new(bytes.len() as u64).expect("not empty");
		let mut incoming = store.receive(ContentId::of(bytes), size).await.expect("starts");
		incoming.write(Bytes::copy_from_slice(&bytes[..first])).await.expect("fits");
		incoming
	}

	#[tokio::test]
	async fn what_broke_off_goes_on_where_it_stopped() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let (parked, bytes, id) = (Parked::default(), vec![7; 50_000], ContractId(3));
		drop(parked.guard(id, begun(&store, &bytes, 20_000).await));
		assert_eq!(parked.received(id), 20_000);
		assert!(parked.take(id, 19_999).is_none(), "it stopped elsewhere");
		assert!(parked.take(ContractId(4), 20_000).is_none(), "another contract");
		let mut incoming = parked.take(id, 20_000).expect("it waits");
		assert_eq!(parked.received(id), 0);
		incoming.write(Bytes::copy_from_slice(&bytes[20_000..])).await.expect("fits");
		incoming.finish().await.expect("it is what was proposed");
		assert_eq!(store.size_of(&ContentId::of(&bytes)).expect("reads"), Some(50_000));
	}

	#[tokio::test]
	async fn an_upload_that_was_taken_is_not_kept() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let (parked, id) = (Parked::default(), ContractId(3));
		let guard = parked.guard(id, begun(&store, &[1; 10], 4).await);
		guard.take().expect("it is there").discard().await;
		assert_eq!(parked.received(id), 0);
	}

	#[tokio::test]
	async fn only_so_many_wait() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let parked = Parked::default();
		for id in 0..=MOST as u64 {
			let bytes = [id as u8; 100];
			drop(parked.guard(ContractId(id), begun(&store, &bytes, 50).await));
		}
		assert_eq!(parked.received(ContractId(0)), 0, "the oldest went");
		assert_eq!(parked.received(ContractId(1)), 50);
		assert_eq!(parked.received(ContractId(MOST as u64)), 50);
		let again = begun(&store, &[1; 100], 60).await;
		drop(parked.guard(ContractId(1), again));
		assert_eq!(parked.received(ContractId(1)), 60, "the newer one took its place");
	}
}
