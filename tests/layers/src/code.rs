// SPDX-License-Identifier: Apache-2.0
//! Code that says which runtime it is, and nothing else: what runs here is native.

use codec::{Decode, Encode};
use sp_core::traits::{ReadRuntimeVersion, ReadRuntimeVersionExt};
use sp_externalities::Externalities;
use sp_version::RuntimeVersion;

const MARK: &[u8] = b"code of version ";

/// Code of this version.
pub fn code_of_version(version: &RuntimeVersion) -> Vec<u8> {
	[MARK, &version.encode()].concat()
}

/// Code of the runtime that comes after `version`.
pub fn next(version: &RuntimeVersion) -> Vec<u8> {
	let spec_version = version.spec_version + 1;
	code_of_version(&RuntimeVersion { spec_version, ..version.clone() })
}

/// Reads versions as the node does from wasm.
pub(crate) fn reader() -> ReadRuntimeVersionExt {
	ReadRuntimeVersionExt::new(Reader)
}

struct Reader;

impl ReadRuntimeVersion for Reader {
	fn read_runtime_version(
		&self,
		code: &[u8],
		_: &mut dyn Externalities,
	) -> Result<Vec<u8>, String> {
		let mut version = code.strip_prefix(MARK).ok_or("no version")?;
		let version = RuntimeVersion::decode(&mut version).map_err(|error| error.to_string())?;
		Ok(version.encode())
	}
}
