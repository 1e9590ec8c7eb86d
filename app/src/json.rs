//! JSON as the page reads it, in two steps: text into a tree, and the tree into a type.
//!
//! serde_json reads a type in one step and lets a structure be written as a list, too. That makes its code several times as
//! large, for each type again, and the page is downloaded before anybody sees a prompt. The server, which has no such
//! reason, reads with serde_json.

use std::fmt::{self, Display};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor, value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

/// Why JSON is not what it should be, in words for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(String);

impl Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

impl Error for Malformed {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Reads a type whose structures are written as objects.
///
/// # Errors
/// When it is no JSON, or not of that type.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, Malformed> {
    T::deserialize(Node(&parse(json)?))
}

fn parse(json: &str) -> Result<Value, Malformed> {
    serde_json::from_str(json).map_err(Malformed::custom)
}

/// A value in the tree.
#[derive(Clone, Copy)]
struct Node<'a>(&'a Value);

impl Node<'_> {
    /// What stands here instead of what was expected.
    fn unexpected(&self) -> Unexpected<'_> {
        match self.0 {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(_) => Unexpected::Other("number"),
            // Not the text itself, which may be somebody's.
            Value::String(_) => Unexpected::Other("string"),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        }
    }
}

impl<'de> Node<'de> {
    fn object<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
            _ => Err(Malformed::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        let Value::Number(number) = self.0 else {
            return Err(Malformed::invalid_type(self.unexpected(), &visitor));
        };
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => visitor.visit_u64(number),
            (None, Some(number), _) => visitor.visit_i64(number),
            (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
        }
    }
}

macro_rules! numbers {
    ($($name:ident)+) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> { self.number(visitor) })+
    };
}

macro_rules! texts {
    ($($name:ident)+) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
            match self.0 {
                Value::String(text) => visitor.visit_borrowed_str(text),
                _ => Err(Malformed::invalid_type(self.unexpected(), &visitor)),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => visitor.visit_seq(Items(list.iter())),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }

    numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i8 deserialize_i16 deserialize_i32
    deserialize_i64 deserialize_f32 deserialize_f64 }

    texts! { deserialize_str deserialize_string deserialize_identifier deserialize_char }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            _ => Err(Malformed::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Array(list) => visitor.visit_seq(Items(list.iter())),
            _ => Err(Malformed::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.object(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.object(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        let only = || self.0.as_object().filter(|fields| fields.len() == 1)?.iter().next();
        match (self.0, only()) {
            (Value::String(name), _) => visitor.visit_enum(Variant { name, value: &Value::Null }),
            (_, Some((name, value))) => visitor.visit_enum(Variant { name, value }),
            _ => Err(Malformed::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf unit unit_struct tuple tuple_struct }
}

/// The fields of an object, one after the other.
struct Fields<'a> {
    fields: map::Iter<'a>,
    value: &'a Value,
}

impl<'a> Fields<'a> {
    fn of(fields: &'a Map<String, Value>) -> Self {
        Self { fields: fields.iter(), value: &Value::Null }
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Malformed> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Malformed> {
        seed.deserialize(Node(self.value))
    }
}

/// The items of a list, one after the other.
struct Items<'a>(std::slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Malformed> {
        self.0.next().map(|item| seed.deserialize(Node(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// One variant of an enum: `"name"` or `{"name": value}`.
struct Variant<'a> {
    name: &'a str,
    value: &'a Value,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Malformed;
    type Variant = Node<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node<'de>), Malformed> {
        let variant = seed.deserialize(BorrowedStrDeserializer::<Malformed>::new(self.name))?;
        Ok((variant, Node(self.value)))
    }
}

impl<'de> VariantAccess<'de> for Node<'de> {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        match self.0 {
            Value::Null => Ok(()),
            _ => Err(Malformed::invalid_type(self.unexpected(), &"nothing")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Malformed> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Malformed> {
        self.object(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Everything {
        whole: u64,
        signed: i32,
        real: f64,
        is_so: bool,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        perhaps: Option<Box<Everything>>,
        list: Vec<Shape>,
        #[serde(default)]
        by_name: BTreeMap<String, Option<i64>>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Dot,
        Line(f64),
        Pair(u8, String),
        Frame { wide: u16 },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Tree { flex: f64, children: Vec<Either> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Wrapped {
        ok: bool,
        #[serde(flatten)]
        body: Everything,
    }

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            Just(Shape::Dot),
            any::<i32>().prop_map(|length| Shape::Line(length.into())),
            (any::<u8>(), ".*").prop_map(|(number, text)| Shape::Pair(number, text)),
            any::<u16>().prop_map(|wide| Shape::Frame { wide }),
        ]
    }

    fn everything() -> impl Strategy<Value = Everything> {
        let numbers = (any::<u64>(), any::<i32>(), any::<i32>().prop_map(f64::from), any::<bool>(), ".*");
        let lists =
            (prop::collection::vec(shape(), 0..4), prop::collection::btree_map(".*", any::<Option<i64>>(), 0..4));
        let leaf = (numbers, lists).prop_map(|((whole, signed, real, is_so, text), (list, by_name))| Everything {
            whole,
            signed,
            real,
            is_so,
            text,
            perhaps: None,
            list,
            by_name,
        });
        let leaf = leaf.boxed();
        (leaf.clone(), prop::option::of(leaf))
            .prop_map(|(outer, inner)| Everything { perhaps: inner.map(Box::new), ..outer })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in everything(), ok: bool) {
            let wrapped = Wrapped { ok, body: value.clone() };
            prop_assert_eq!(read::<Everything>(&serde_json::to_string(&value).unwrap()), Ok(value));
            prop_assert_eq!(read::<Wrapped>(&serde_json::to_string(&wrapped).unwrap()), Ok(wrapped));
        }
    }

    #[test]
    fn what_is_either_one_or_the_other_is_read() {
        let tree = Either::Tree { flex: 0.5, children: vec![Either::Text("a".to_owned())] };
        assert_eq!(read(&serde_json::to_string(&tree).unwrap()), Ok(tree));
    }

    #[track_caller]
    fn check_malformed(json: &str, part: &str) {
        let error = read::<Everything>(json).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check_malformed("{", "EOF");
        check_malformed("[1]", "expected struct Everything");
        check_malformed("{}", "missing field `whole`");
        check_malformed(r#"{"whole": -1}"#, "expected u64");
        check_malformed(r#"{"whole": "a secret"}"#, "invalid type: string, expected u64");
        check_malformed(r#"{"isSo": 1}"#, "expected a boolean");
        check_malformed(r#"{"list": ["circle"]}"#, "unknown variant `circle`");
        check_malformed(r#"{"list": [{"line": 1, "dot": 2}]}"#, "expected enum Shape");
        check_malformed(r#"{"list": [{"dot": 2}]}"#, "expected nothing");
    }
}
