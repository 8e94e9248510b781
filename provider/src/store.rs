// SPDX-License-Identifier: Apache-2.0
//! Blobs, their outboards, and which contracts need them.
//!
//! A blob counts as stored once the database says so, which is after blob and outboard are complete and
//! synced. What the database does not know is removed when the store is opened.

use crate::{Error, LOG_TARGET};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::{
	local::LocalFileSystem, path::Path as Location, GetOptions, GetRange, GetResult, ObjectStore,
	ObjectStoreExt, PutPayload, WriteMultipart,
};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{collections::BTreeMap, ops::Range, path::Path, sync::Arc};
use terrace_layers::ContractId;
use terrace_possession::{
	prove_with_outboard, verify, BlobSize, ContentId, Outboard, OutboardBuilder, PossessionProof,
};

/// Sizes of stored blobs by content id.
const BLOBS: TableDefinition<[u8; 32], u64> = TableDefinition::new("blobs");
/// Content ids that contracts need, and the final block as of which they were noted.
const CONTRACTS: TableDefinition<u64, (u32, [u8; 32])> = TableDefinition::new("contracts");
/// Bytes of one part of an upload.
const PART: usize = 8 * 1024 * 1024;
/// Parts written at once.
const PARTS_IN_FLIGHT: usize = 4;
/// Bytes that a possession proof is read in: the outboard's groups.
const GROUP: u64 = 16 * 1024;

/// The blobs of one provider.
#[derive(Clone)]
pub struct Store {
	objects: Arc<LocalFileSystem>,
	database: Arc<Database>,
}

/// An upload that is being received.
pub struct Incoming {
	store: Store,
	root: ContentId,
	size: BlobSize,
	received: u64,
	writer: WriteMultipart,
	tree: OutboardBuilder,
}

/// Why an upload was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
	/// More or fewer bytes than proposed.
	#[error("{received} bytes received, {expected} were proposed")]
	Length {
		/// Bytes received; more may have followed.
		received: u64,
		/// Bytes proposed.
		expected: u64,
	},
	/// Other bytes than proposed.
	#[error("the content is {found}, {expected} was proposed")]
	Content {
		/// What arrived.
		found: ContentId,
		/// What was proposed.
		expected: ContentId,
	},
	/// It could not be stored.
	#[error(transparent)]
	Store(#[from] Error),
}

impl Store {
	/// Opens the store in `folder` and removes what no crash should have left there.
	pub async fn open(folder: &Path) -> Result<Self, Error> {
		let unusable = |reason: String| Error::DataFolder(folder.into(), reason);
		let objects = folder.join("objects");
		std::fs::create_dir_all(&objects).map_err(|error| unusable(error.to_string()))?;
		let objects = LocalFileSystem::new_with_prefix(&objects)
			.map_err(|error| unusable(error.to_string()))?
			.with_fsync(true);
		let database = Database::create(folder.join("provider.redb"))
			.map_err(|error| unusable(error.to_string()))?;
		let write = database.begin_write()?;
		write.open_table(BLOBS)?;
		write.open_table(CONTRACTS)?;
		write.commit()?;
		let store = Self { objects: Arc::new(objects), database: Arc::new(database) };
		store.remove_leftovers(&folder.join("objects")).await?;
		Ok(store)
	}

	async fn remove_leftovers(&self, folder: &Path) -> Result<(), Error> {
		let known = self.blobs()?;
		let listed: Vec<_> = self.objects.list(None).try_collect().await?;
		for object in listed {
			let name = object.location.filename().unwrap_or_default();
			let root = name.split('.').next().unwrap_or_default();
			if !root.parse::<ContentId>().is_ok_and(|root| known.contains_key(&root)) {
				tracing::info!(target: LOG_TARGET, name, "removing an incomplete blob");
				self.objects.delete(&object.location).await?;
			}
		}
		// Parts of uploads are no objects yet; the store marks them with this sign.
		for entry in std::fs::read_dir(folder).map_err(Error::io("the blob folder"))?.flatten() {
			if entry.file_name().to_string_lossy().contains('#') {
				std::fs::remove_file(entry.path()).map_err(Error::io("an incomplete upload"))?;
			}
		}
		Ok(())
	}

	/// Stored blobs and their sizes.
	pub fn blobs(&self) -> Result<BTreeMap<ContentId, u64>, Error> {
		let read = self.database.begin_read()?;
		let table = read.open_table(BLOBS)?;
		let mut blobs = BTreeMap::new();
		for entry in table.iter()? {
			let (root, size) = entry?;
			blobs.insert(ContentId(root.value()), size.value());
		}
		Ok(blobs)
	}

	/// Size of a stored blob.
	pub fn size_of(&self, root: &ContentId) -> Result<Option<u64>, Error> {
		let read = self.database.begin_read()?;
		let table = read.open_table(BLOBS)?;
		Ok(table.get(root.0)?.map(|size| size.value()))
	}

	/// Bytes of all stored blobs.
	pub fn used(&self) -> Result<u64, Error> {
		Ok(self.blobs()?.values().fold(0, |sum, size| sum.saturating_add(*size)))
	}

	/// Starts receiving a blob.
	pub async fn receive(&self, root: ContentId, size: BlobSize) -> Result<Incoming, Error> {
		let upload = self.objects.put_multipart(&blob_location(&root)).await?;
		Ok(Incoming {
			store: self.clone(),
			root,
			size,
			received: 0,
			writer: WriteMultipart::new_with_chunk_size(upload, PART),
			tree: OutboardBuilder::new(size),
		})
	}

	/// Notes, as of a final block, that a contract needs a blob.
	pub fn bind(&self, contract: ContractId, root: &ContentId, at: u32) -> Result<(), Error> {
		let write = self.database.begin_write()?;
		write.open_table(CONTRACTS)?.insert(contract.0, (at, root.0))?;
		Ok(write.commit()?)
	}

	/// Contracts that need blobs, with the final block as of which each was noted.
	pub fn contracts(&self) -> Result<BTreeMap<ContractId, (u32, ContentId)>, Error> {
		let read = self.database.begin_read()?;
		let table = read.open_table(CONTRACTS)?;
		let mut contracts = BTreeMap::new();
		for entry in table.iter()? {
			let (contract, needs) = entry?;
			let (at, root) = needs.value();
			contracts.insert(ContractId(contract.value()), (at, ContentId(root)));
		}
		Ok(contracts)
	}

	/// Forgets a contract, and removes its blob if no other contract needs it.
	pub async fn release(&self, contract: ContractId) -> Result<(), Error> {
		let contracts = self.contracts()?;
		let Some((_, root)) = contracts.get(&contract) else { return Ok(()) };
		let needed =
			contracts.iter().any(|(other, (_, needs))| *other != contract && needs == root);
		let write = self.database.begin_write()?;
		write.open_table(CONTRACTS)?.remove(contract.0)?;
		if !needed {
			write.open_table(BLOBS)?.remove(root.0)?;
		}
		write.commit()?;
		if !needed {
			self.remove(&blob_location(root)).await?;
			self.remove(&outboard_location(root)).await?;
		}
		Ok(())
	}

	async fn remove(&self, location: &Location) -> Result<(), Error> {
		match self.objects.delete(location).await {
			Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
			Err(error) => Err(error.into()),
		}
	}

	/// Opens a blob, or a range of it, for reading.
	pub async fn read(
		&self,
		root: &ContentId,
		range: Option<Range<u64>>,
	) -> Result<GetResult, Error> {
		let options = GetOptions { range: range.map(GetRange::Bounded), ..Default::default() };
		Ok(self.objects.get_opts(&blob_location(root), options).await?)
	}

	/// Proves chunks of a blob; the proof is verified before it is given out.
	pub async fn prove(
		&self,
		root: &ContentId,
		size: BlobSize,
		indices: &[u64],
	) -> Result<PossessionProof, Error> {
		let damaged = |reason: String| Error::Damaged { root: root.to_string(), reason };
		let stored = self.objects.get(&outboard_location(root)).await?.bytes().await?;
		let outboard = Outboard::from_bytes(&stored).map_err(|error| damaged(error.to_string()))?;
		if outboard.root() != root || outboard.size() != size {
			return Err(damaged("its outboard is of another blob".into()));
		}
		let groups = self.read_groups(root, size, indices).await?;
		let read_at = |offset: u64, buffer: &mut [u8]| read_from(&groups, offset, buffer);
		let proof = prove_with_outboard(size, indices, &outboard, read_at)
			.map_err(|error| damaged(error.to_string()))?;
		verify(root, size, indices, &proof).map_err(|error| damaged(error.to_string()))?;
		Ok(proof)
	}

	/// Reads the groups that hold these chunks, by offset.
	async fn read_groups(
		&self,
		root: &ContentId,
		size: BlobSize,
		indices: &[u64],
	) -> Result<BTreeMap<u64, Bytes>, Error> {
		let mut offsets: Vec<u64> = indices
			.iter()
			.map(|index| index.saturating_mul(terrace_possession::CHUNK_SIZE) / GROUP * GROUP)
			.collect();
		offsets.dedup();
		let ranges: Vec<_> = offsets
			.iter()
			.map(|start| *start..start.saturating_add(GROUP).min(size.get()))
			.collect();
		let read = self.objects.get_ranges(&blob_location(root), &ranges).await?;
		Ok(offsets.into_iter().zip(read).collect())
	}
}

/// Copies from the group that holds `offset`.
fn read_from(groups: &BTreeMap<u64, Bytes>, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
	let missing = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
	let (start, group) = groups.range(..=offset).next_back().ok_or_else(missing)?;
	let from = usize::try_from(offset.saturating_sub(*start)).map_err(|_| missing())?;
	let part = group.get(from..from.saturating_add(buffer.len())).ok_or_else(missing)?;
	buffer.copy_from_slice(part);
	Ok(())
}

impl Incoming {
	/// Takes the next bytes; more than proposed are an error at once.
	pub async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
		let received = self.received.saturating_add(bytes.len() as u64);
		let expected = self.size.get();
		if received > expected {
			return Err(Refusal::Length { received, expected });
		}
		self.writer.wait_for_capacity(PARTS_IN_FLIGHT).await.map_err(Error::from)?;
		// From here on nothing waits: whoever is interrupted has taken all of the bytes or none.
		self.tree.update(&bytes).map_err(|error| Error::Damaged {
			root: self.root.to_string(),
			reason: error.to_string(),
		})?;
		self.received = received;
		self.writer.put(bytes);
		Ok(())
	}

	/// Bytes taken so far.
	pub fn received(&self) -> u64 {
		self.received
	}

	/// Keeps the blob if it is the one proposed.
	pub async fn finish(self) -> Result<(), Refusal> {
		let Self { store, root, size, received, writer, tree } = self;
		if received != size.get() {
			abort(writer).await;
			return Err(Refusal::Length { received, expected: size.get() });
		}
		let damaged = |error: terrace_possession::OutboardError| Error::Damaged {
			root: root.to_string(),
			reason: error.to_string(),
		};
		let (found, outboard) = tree.finish().map_err(damaged)?;
		if found != root {
			abort(writer).await;
			return Err(Refusal::Content { found, expected: root });
		}
		writer.finish().await.map_err(Error::from)?;
		let outboard = PutPayload::from(outboard.to_bytes());
		store.objects.put(&outboard_location(&root), outboard).await.map_err(Error::from)?;
		store.commit(&root, size).map_err(Refusal::from)
	}

	/// Throws away what was received.
	pub async fn discard(self) {
		abort(self.writer).await;
	}
}

impl Store {
	fn commit(&self, root: &ContentId, size: BlobSize) -> Result<(), Error> {
		let write = self.database.begin_write()?;
		write.open_table(BLOBS)?.insert(root.0, size.get())?;
		Ok(write.commit()?)
	}
}

async fn abort(writer: WriteMultipart) {
	if let Err(error) = writer.abort().await {
		tracing::warn!(target: LOG_TARGET, %error, "an upload could not be removed");
	}
}

fn blob_location(root: &ContentId) -> Location {
	Location::from(root.to_string())
}

fn outboard_location(root: &ContentId) -> Location {
	Location::from(format!("{root}.outboard"))
}

/// A blob's bytes as they are read.
pub fn stream_of(
	result: GetResult,
) -> impl futures::Stream<Item = Result<Bytes, object_store::Error>> + Send + 'static {
	result.into_stream().boxed()
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_possession::{challenge, ChallengeSeed};

	fn data(size: usize) -> Vec<u8> {
		(0..size).map(|i| (i * 7 % 251) as u8).collect()
	}

	fn size(bytes: &[u8]) -> BlobSize {
		BlobSize::new(bytes.len() as u64).expect("it is not empty")
	}

	async fn put(store: &Store, bytes: &[u8], root: ContentId) -> Result<(), Refusal> {
		let mut incoming = store.receive(root, size(bytes)).await?;
		for part in bytes.chunks(100_000) {
			incoming.write(Bytes::copy_from_slice(part)).await?;
		}
		incoming.finish().await
	}

	fn files(folder: &Path) -> usize {
		std::fs::read_dir(folder.join("objects")).expect("it is there").count()
	}

	#[tokio::test]
	async fn a_blob_is_stored_read_and_proven() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let bytes = data(1_234_567);
		let root = ContentId::of(&bytes);
		put(&store, &bytes, root).await.expect("it is what was proposed");
		assert_eq!(store.size_of(&root).expect("reads"), Some(bytes.len() as u64));
		let read = store.read(&root, Some(10..20)).await.expect("it is there");
		assert_eq!(read.bytes().await.expect("reads"), bytes[10..20]);
		let seed = ChallengeSeed([3; 32]);
		let indices = challenge(&seed, &[1; 32], 9, size(&bytes), 16);
		store.prove(&root, size(&bytes), &indices).await.expect("it proves, verified");
	}

	#[tokio::test]
	async fn other_content_is_refused_and_removed() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let refused = put(&store, &data(50_000), ContentId::of(b"another")).await;
		assert!(matches!(refused, Err(Refusal::Content { .. })), "{refused:?}");
		assert!(store.blobs().expect("reads").is_empty());
		assert_eq!(files(folder.path()), 0);
	}

	#[tokio::test]
	async fn more_and_fewer_bytes_are_refused() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let bytes = data(1_000);
		let root = ContentId::of(&bytes);
		let mut short = store.receive(root, size(&bytes)).await.expect("starts");
		short.write(Bytes::from(bytes[..999].to_vec())).await.expect("fits");
		assert!(matches!(short.finish().await, Err(Refusal::Length { received: 999, .. })));
		let mut long = store.receive(root, size(&bytes)).await.expect("starts");
		long.write(Bytes::from(bytes.clone())).await.expect("fits");
		let refused = long.write(Bytes::from_static(b"!")).await;
		assert!(matches!(refused, Err(Refusal::Length { received: 1_001, .. })));
		long.discard().await;
		assert_eq!(files(folder.path()), 0);
	}

	#[tokio::test]
	async fn a_crash_leaves_complete_blobs_only() {
		let folder = tempfile::tempdir().expect("a folder");
		let bytes = data(40_000);
		let root = ContentId::of(&bytes);
		{
			let store = Store::open(folder.path()).await.expect("opens");
			put(&store, &bytes, root).await.expect("stores");
			let mut half = store.receive(ContentId([7; 32]), size(&bytes)).await.expect("starts");
			half.write(Bytes::from(bytes.clone())).await.expect("fits");
			std::mem::forget(half);
			std::fs::write(folder.path().join("objects").join(ContentId([9; 32]).to_string()), "x")
				.expect("writes");
			std::fs::write(folder.path().join("objects").join("abc#1"), "x").expect("writes");
		}
		// The database is locked as long as the forgotten upload lives; a copy stands for a restart.
		let copy = tempfile::tempdir().expect("a folder");
		std::fs::create_dir(copy.path().join("objects")).expect("makes");
		std::fs::copy(folder.path().join("provider.redb"), copy.path().join("provider.redb"))
			.expect("copies");
		for entry in std::fs::read_dir(folder.path().join("objects")).expect("lists").flatten() {
			std::fs::copy(entry.path(), copy.path().join("objects").join(entry.file_name()))
				.expect("copies");
		}
		let store = Store::open(copy.path()).await.expect("opens again");
		assert_eq!(store.blobs().expect("reads").len(), 1);
		assert_eq!(files(copy.path()), 2, "the blob and its outboard");
		let indices = [0];
		store.prove(&root, size(&bytes), &indices).await.expect("it still proves");
	}

	#[tokio::test]
	async fn a_blob_stays_as_long_as_a_contract_needs_it() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let bytes = data(3_000);
		let root = ContentId::of(&bytes);
		put(&store, &bytes, root).await.expect("stores");
		store.bind(ContractId(1), &root, 7).expect("binds");
		store.bind(ContractId(2), &root, 8).expect("binds");
		store.release(ContractId(1)).await.expect("releases");
		assert_eq!(store.size_of(&root).expect("reads"), Some(3_000));
		store.release(ContractId(2)).await.expect("releases");
		assert_eq!(store.size_of(&root).expect("reads"), None);
		assert_eq!(files(folder.path()), 0);
	}

	#[tokio::test]
	async fn a_damaged_blob_is_not_proven() {
		let folder = tempfile::tempdir().expect("a folder");
		let store = Store::open(folder.path()).await.expect("opens");
		let bytes = data(100_000);
		let root = ContentId::of(&bytes);
		put(&store, &bytes, root).await.expect("stores");
		let file = folder.path().join("objects").join(root.to_string());
		let mut damaged = bytes.clone();
		damaged[50_000] ^= 1;
		std::fs::write(&file, damaged).expect("writes");
		let index = 50_000 / terrace_possession::CHUNK_SIZE;
		let refused = store.prove(&root, size(&bytes), &[index]).await;
		assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
		std::fs::remove_file(&file).expect("removes");
		assert!(matches!(store.prove(&root, size(&bytes), &[0]).await, Err(Error::Blobs(_))));
	}
}
