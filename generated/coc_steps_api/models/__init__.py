"""Contains all the data models used in inputs/outputs"""

from .error import Error
from .execution_step import ExecutionStep
from .execution_step_properties_type_0 import ExecutionStepPropertiesType0
from .list_execution_steps_response import ListExecutionStepsResponse
from .step_parameter import StepParameter

__all__ = (
    "Error",
    "ExecutionStep",
    "ExecutionStepPropertiesType0",
    "ListExecutionStepsResponse",
    "StepParameter",
)
