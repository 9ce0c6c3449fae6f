"""
The bus on Kafka: agencies apart, on machines and networks of their own.

    connection  which cluster, and as whom     admin  topics made as the table has them
                                               acls   rights to them

Source: docs/adr/0012-topics.md.
"""
