"""Agencies apart, on machines of their own, and one Kafka cluster between them."""
