"""
The AsyncAPI document: channels, who sends and receives in each, and what.

It says what is so for every profile. Which agency may send which event, and to whom
it goes, is the profile's. An operation's name begins with the role that does it, so
that an agency finds its own two, and the bus's processes theirs.

Source: AsyncAPI 3.0.0; its Kafka bindings 0.5.0.
"""

import json
from typing import Any, Final

from coordinator.topics.asyncapi.header_schemas import header_schemas
from coordinator.topics.asyncapi.messages import BINDING_VERSION, BINDINGS, messages
from coordinator.topics.asyncapi.schemas import component_schemas
from coordinator.topics.role import Role, group_of
from coordinator.topics.table import TOPICS
from coordinator.topics.topic import REPLICAS, Record, Topic

__all__ = ["asyncapi"]

_VERSION: Final = "1.0.0"

_INFO: Final = {
    "title": "Item 23 coordinator",
    "version": _VERSION,
    "description": "The topics on which agencies co-ordinate investigations of "
    "suspected people trafficking. An agency sends events to its outbox and reads its "
    "inbox; everything else is the bus's own. Which agency may send which event, and "
    "who is sent it, is said by the protocol's profile.",
    "license": {
        "name": "Apache-2.0",
        "url": "https://www.apache.org/licenses/LICENSE-2.0",
    },
}
_SERVERS: Final = {
    "kafka": {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "Each role and each agency is a principal of its own; there "
        "is no access that is not given.",
        "variables": {
            "bootstrap": {
                "description": "A broker's host and port.",
                "default": "localhost:9093",
            }
        },
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    }
}
_SECURITY: Final = {
    "scram": {"type": "scramSha512", "description": "Over TLS, one name a principal."}
}


def asyncapi() -> str:
    """
    Give the document's text: AsyncAPI 3.0 in JSON, two spaces, a last line feed.

    It refers to nothing outside itself, and is the same every time.
    """
    kinds = dict.fromkeys(kind for topic in TOPICS.values() for kind in topic.records)
    whole = {
        "asyncapi": "3.0.0",
        "id": "urn:nz:item23:asyncapi",
        "info": _INFO,
        "defaultContentType": "application/json",
        "servers": _SERVERS,
        "channels": {_channel_name(one): _channel(one) for one in TOPICS.values()},
        "operations": {
            name: operation
            for topic in TOPICS.values()
            for name, operation in _operations(topic).items()
        },
        "components": {
            "securitySchemes": _SECURITY,
            "messageBindings": BINDINGS,
            "messages": {
                name: message
                for kind in kinds
                for name, message in messages(kind).items()
            },
            "schemas": {**header_schemas(), **component_schemas()},
        },
    }
    return json.dumps(whole, indent=2) + "\n"


def _channel_name(topic: Topic) -> str:
    return topic.name.replace(".{agency}", "")


def _channel(topic: Topic) -> dict[str, Any]:
    parameters = {
        "agency": {"description": "The agency's id.", "examples": ["ngo-example"]}
    }
    return {
        "address": topic.name,
        "description": topic.says,
        **({"parameters": parameters} if topic.each_agency else {}),
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"}
            for record in topic.records
            for name in messages(record, personal=topic.personal)
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": BINDING_VERSION,
            }
        },
    }


def _configuration(topic: Topic) -> dict[str, Any]:
    """Give the topic's settings as the bindings type them."""
    config = topic.config()
    typed: dict[str, Any] = {
        name: int(value) if value.lstrip("-").isdigit() else value
        for name, value in config.items()
    }
    return {**typed, "cleanup.policy": [config["cleanup.policy"]]}


def _operations(topic: Topic) -> dict[str, Any]:
    """Give what each role does in a topic, senders first."""
    channel = _channel_name(topic)
    there = f"#/channels/{channel}"
    sending = {
        f"{role}.send.{channel}": {
            "action": "send",
            "channel": {"$ref": there},
            "title": f"{role} sends to {channel}",
            "tags": [{"name": role.value}],
            **_chosen(topic, there, records),
            "bindings": {"kafka": {"bindingVersion": BINDING_VERSION}},
        }
        for role, records in topic.writers.items()
    }
    receiving = {
        f"{role}.receive.{channel}": {
            "action": "receive",
            "channel": {"$ref": there},
            "title": f"{role} receives from {channel}",
            "tags": [{"name": role.value}],
            "bindings": {
                "kafka": {"groupId": _group(role), "bindingVersion": BINDING_VERSION}
            },
        }
        for role in topic.readers
    }
    return {**sending, **receiving}


def _chosen(topic: Topic, there: str, records: tuple[Record, ...]) -> dict[str, Any]:
    """Name the messages that a role sends where they are not all of the channel's."""
    if records == topic.records:
        return {}
    names = (
        name for record in records for name in messages(record, personal=topic.personal)
    )
    return {"messages": [{"$ref": f"{there}/messages/{name}"} for name in names]}


def _group(role: Role) -> dict[str, str]:
    if role is Role.AGENCY:
        begins = group_of(role, "")
        return {"type": "string", "description": f"{begins} and the agency's id."}
    return {"type": "string", "const": group_of(role)}
