// SPDX-License-Identifier: Apache-2.0
//! What a runtime offers its clients, one line for each thing, so that two runtimes can be compared.

use frame_metadata::v15::{
	PalletMetadata, RuntimeMetadataV15, StorageEntryMetadata, StorageEntryType,
};
use scale_info::{
	form::PortableForm, Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, Variant,
};
use std::collections::BTreeSet;

/// The lines of one runtime.
pub struct Interface(BTreeSet<String>);

impl Interface {
	/// What a runtime with this metadata offers.
	pub fn of(metadata: &RuntimeMetadataV15) -> Self {
		let types = Names(&metadata.types);
		let mut lines = BTreeSet::new();
		for pallet in &metadata.pallets {
			types.pallet(pallet, &mut lines);
		}
		for api in &metadata.apis {
			for method in &api.methods {
				let inputs: Vec<_> = method
					.inputs
					.iter()
					.map(|input| format!("{}: {}", input.name, types.name(input.ty.id)))
					.collect();
				let output = types.name(method.output.id);
				lines.insert(format!(
					"api {}.{}({}) -> {output}",
					api.name,
					method.name,
					inputs.join(", ")
				));
			}
		}
		for (place, extension) in metadata.extrinsic.signed_extensions.iter().enumerate() {
			let (data, implied) =
				(types.name(extension.ty.id), types.name(extension.additional_signed.id));
			lines.insert(format!("extension {place} {} {data} ({implied})", extension.identifier));
		}
		for found in &metadata.types.types {
			types.definition(&found.ty, &mut lines);
		}
		Self(lines)
	}

	/// Lines that `newer` lacks, with -, and those that it adds, with +.
	pub fn changes(&self, newer: &Self) -> Vec<String> {
		let gone = self.0.difference(&newer.0).map(|line| format!("- {line}"));
		let come = newer.0.difference(&self.0).map(|line| format!("+ {line}"));
		gone.chain(come).collect()
	}
}

/// Types by what people call them.
struct Names<'a>(&'a PortableRegistry);

impl Names<'_> {
	fn pallet(&self, pallet: &PalletMetadata<PortableForm>, lines: &mut BTreeSet<String>) {
		let name = &pallet.name;
		lines.insert(format!("pallet {name} at {}", pallet.index));
		for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
			lines.insert(format!("storage {name}.{}", self.entry(entry)));
		}
		for constant in &pallet.constants {
			let value = hex::encode(&constant.value);
			let kind = self.name(constant.ty.id);
			lines.insert(format!("constant {name}.{}: {kind} = 0x{value}", constant.name));
		}
		let kinds = [
			("call", pallet.calls.as_ref().map(|calls| calls.ty.id)),
			("event", pallet.event.as_ref().map(|event| event.ty.id)),
			("error", pallet.error.as_ref().map(|error| error.ty.id)),
		];
		for (kind, id) in kinds {
			for variant in id.into_iter().flat_map(|id| self.variants(id)) {
				lines.insert(format!("{kind} {name}.{}", self.variant(variant)));
			}
		}
	}

	fn entry(&self, entry: &StorageEntryMetadata<PortableForm>) -> String {
		match &entry.ty {
			StorageEntryType::Plain(value) => {
				format!("{}: {}", entry.name, self.name(value.id))
			}
			StorageEntryType::Map { hashers, key, value } => format!(
				"{}[{}]: {} by {hashers:?}",
				entry.name,
				self.name(key.id),
				self.name(value.id)
			),
		}
	}

	/// Pallets' own enums are told variant by variant, all others here.
	fn definition(&self, ty: &Type<PortableForm>, lines: &mut BTreeSet<String>) {
		let path = ty.path.segments.join("::");
		let of_pallet = path.contains("::pallet::") || path.ends_with("_runtime::RuntimeCall");
		if path.is_empty() || of_pallet {
			return;
		}
		let shape = match &ty.type_def {
			TypeDef::Composite(composite) => self.fields(&composite.fields),
			TypeDef::Variant(variant) => {
				let all: Vec<_> =
					variant.variants.iter().map(|variant| self.variant(variant)).collect();
				all.join(" | ")
			}
			_ => return,
		};
		let parameters: Vec<_> = ty
			.type_params
			.iter()
			.filter_map(|parameter| parameter.ty.map(|ty| self.name(ty.id)))
			.collect();
		let parameters = if parameters.is_empty() {
			String::new()
		} else {
			format!("<{}>", parameters.join(", "))
		};
		lines.insert(format!("type {path}{parameters} {shape}"));
	}

	fn variants(&self, id: u32) -> &[Variant<PortableForm>] {
		match self.0.resolve(id).map(|ty| &ty.type_def) {
			Some(TypeDef::Variant(variant)) => &variant.variants,
			_ => &[],
		}
	}

	fn variant(&self, variant: &Variant<PortableForm>) -> String {
		let fields = self.fields(&variant.fields);
		format!("{} = {}{fields}", variant.name, variant.index)
	}

	fn fields(&self, fields: &[Field<PortableForm>]) -> String {
		if fields.is_empty() {
			return String::new();
		}
		let fields: Vec<_> = fields
			.iter()
			.map(|field| match &field.name {
				Some(name) => format!("{name}: {}", self.name(field.ty.id)),
				None => self.name(field.ty.id),
			})
			.collect();
		format!("({})", fields.join(", "))
	}

	/// What a type is called; types with a name are not opened, so that this ends.
	fn name(&self, id: u32) -> String {
		let Some(ty) = self.0.resolve(id) else { return format!("type {id}") };
		if let Some(name) = ty.path.segments.last() {
			let parameters: Vec<_> =
				ty.type_params.iter().filter_map(|parameter| parameter.ty).collect();
			// What an option, a result or a bounded list holds matters; runtimes as parameters do not.
			let shown = ["Option", "Result", "BoundedVec", "BTreeMap", "BTreeSet"];
			if !shown.contains(&name.as_str()) {
				return name.clone();
			}
			let parameters: Vec<_> = parameters.iter().map(|ty| self.name(ty.id)).collect();
			return format!("{name}<{}>", parameters.join(", "));
		}
		match &ty.type_def {
			TypeDef::Sequence(list) => format!("Vec<{}>", self.name(list.type_param.id)),
			TypeDef::Array(array) => {
				format!("[{}; {}]", self.name(array.type_param.id), array.len)
			}
			TypeDef::Tuple(tuple) => {
				let parts: Vec<_> = tuple.fields.iter().map(|ty| self.name(ty.id)).collect();
				format!("({})", parts.join(", "))
			}
			TypeDef::Compact(compact) => {
				format!("Compact<{}>", self.name(compact.type_param.id))
			}
			TypeDef::Primitive(primitive) => primitive_name(primitive).into(),
			TypeDef::BitSequence(_) => "BitSequence".into(),
			TypeDef::Composite(_) | TypeDef::Variant(_) => format!("type {id}"),
		}
	}
}

fn primitive_name(primitive: &TypeDefPrimitive) -> &'static str {
	match primitive {
		TypeDefPrimitive::Bool => "bool",
		TypeDefPrimitive::Char => "char",
		TypeDefPrimitive::Str => "str",
		TypeDefPrimitive::U8 => "u8",
		TypeDefPrimitive::U16 => "u16",
		TypeDefPrimitive::U32 => "u32",
		TypeDefPrimitive::U64 => "u64",
		TypeDefPrimitive::U128 => "u128",
		TypeDefPrimitive::U256 => "U256",
		TypeDefPrimitive::I8 => "i8",
		TypeDefPrimitive::I16 => "i16",
		TypeDefPrimitive::I32 => "i32",
		TypeDefPrimitive::I64 => "i64",
		TypeDefPrimitive::I128 => "i128",
		TypeDefPrimitive::I256 => "I256",
	}
}
