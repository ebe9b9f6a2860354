"""The machine: a DGX Spark with its GB10.

Source: NVIDIA's published figures; what is visible and reached in practice is as published by its users.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """What of a machine bounds a language model.

    Attributes:
        bytes_per_second: The memory bus at its best; every token reads the weights over it.
        memory_gb: Memory that CPU and GPU share, as the system shows it.
        plannable_gb: What is left beside the operating system and a reserve.
        dense_flops: The highest rate of BF16 products; a published prefill rate beyond it had the prompt cached.
    """

    name: str
    bytes_per_second: float
    memory_gb: float
    plannable_gb: float
    dense_flops: float


DGX_SPARK = Machine("DGX Spark", 273e9, 121.0, 109.0, 125e12)
