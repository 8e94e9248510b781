// SPDX-License-Identifier: Apache-2.0
//! `terrace verify`

use crate::{
	cli::VerifyArgs,
	commands::{status::existing, store::file::SourceFile},
	context::Context,
	failure::{Exit, Failure},
	output::Output,
	target::Target,
};
use serde_json::json;

/// Compares a file with what is stored.
pub async fn run(context: &Context, args: VerifyArgs) -> Result<Output, Failure> {
	let (expected, proven) = match args.target {
		Target::Root(root) => (root, None),
		Target::Contract(id) => {
			let view = existing(&context.contract().await?, id).await?;
			(view.root, Some((id, view.proven, view.reported)))
		}
	};
	let file = SourceFile::read(context, &args.file).await?;
	if file.root != expected {
		let message = format!(
			"{} is not what is stored: its content id is {}, that of the stored file {expected}",
			args.file.display(),
			file.root
		);
		return Err(Failure::new(Exit::Mismatch, message).hint("fetch it again"));
	}
	let mut text = format!("{} is what is stored: {}", args.file.display(), file.root);
	if let Some((id, proven, reported)) = proven {
		text.push_str(&format!(
			"\ncontract {id}: its provider proved that it keeps it in {proven} of {reported} windows"
		));
	}
	let json = json!({
		"root": file.root,
		"size": file.size,
		"matches": true,
		"contract": proven.map(|(id, ..)| id),
		"proven": proven.map(|(_, proven, _)| proven),
		"reported": proven.map(|(.., reported)| reported),
	});
	Ok(Output::new(text, json))
}
