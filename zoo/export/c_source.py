"""A plan written as C99: constants, a loop for each step, and a header with the sizes; it needs <math.h> only."""

import re
import textwrap

import numpy as np

from zoo.export.c_plan import Plan
from zoo.export.c_steps import Dense, Each, Step, View

MADE = "Made by zoo."  # in the first line of both files, which says that an export may replace them

SEVERAL = {
    "Add": "{} + {}",
    "Sub": "{} - {}",
    "Mul": "{} * {}",
    "Div": "{} / {}",
    "Min": "{0} < {1} ? {0} : {1}",
    "Max": "{0} > {1} ? {0} : {1}",
    "LessOrEqual": "{} <= {} ? 1.0f : 0.0f",
    "Where": "{} != 0.0f ? {} : {}",
}
UNARY = {
    "Copy": "{x}",
    "Neg": "-{x}",
    "Abs": "fabsf({x})",
    "Tanh": "tanhf({x})",
    "Sigmoid": "1.0f / (1.0f + expf(-{x}))",
    "Relu": "{x} > 0.0f ? {x} : 0.0f",
    "LeakyRelu": "{x} > 0.0f ? {x} : {slope} * {x}",
    "Elu": "{x} > 0.0f ? {x} : {slope} * expm1f({x})",
    "Sqrt": "sqrtf({x})",
    "Softplus": "log1pf(expf(-fabsf({x}))) + ({x} > 0.0f ? {x} : 0.0f)",
}
DENSE = """\
/* y = x times a matrix; weights are stored row after row of the outputs. */
static void {name}_dense(const float *x, int inputs, const float *weight, int outputs, float *y)
{{
    int i, j;

    for (j = 0; j < outputs; j++) {{
        float sum = 0.0f;

        for (i = 0; i < inputs; i++)
            sum += *weight++ * x[i];
        y[j] = sum;
    }}
}}
"""
DENSE_INT8 = """\
/* y = x times a matrix of int8 weights, row after row of the outputs: a weight is its output's scale * its integer. */
static void {name}_dense_int8(const float *x, int inputs, const signed char *weight, const float *scale,
                              int outputs, float *y)
{{
    int i, j;

    for (j = 0; j < outputs; j++) {{
        float sum = 0.0f;

        for (i = 0; i < inputs; i++)
            sum += (float)*weight++ * x[i];
        y[j] = scale[j] * sum;
    }}
}}
"""
HEADER = """\
/* {name}: {title}, {inputs} in, {outputs} out. {made}
 *
 * C99; needs {name}.c and <math.h> only. No heap and no state, so it is reentrant.
 * Constants take {flash} bytes of flash, beside the code; a call takes {memory} bytes of stack for intermediate numbers.
 * {scheme}
 * On random examples in the range of training the answers differ from the task model's by at most {difference:.2g},
 * relative to the largest answer where that is above 1.
 */
#ifndef {guard}_H
#define {guard}_H

#define {guard}_INPUTS {plan_inputs}
#define {guard}_OUTPUTS {plan_outputs}
#define {guard}_FLASH_BYTES {flash}
#define {guard}_RAM_BYTES {memory}

#ifdef __cplusplus
extern "C" {{
#endif

/* Predict the label y of the example x, {guard}_OUTPUTS numbers of {guard}_INPUTS; they must not overlap. */
void {name}_predict(const float *x, float *y);

#ifdef __cplusplus
}}
#endif

#endif
"""
INT8 = (
    "Weights are int8, -127 to 127, with one float32 scale for each output (float32 where that saves little);\n"
    " * biases, scales and all arithmetic are float32."
)
FLOAT32 = "Weights and all arithmetic are float32."


def flash(plan: Plan) -> int:
    """Bytes of all constants."""
    return sum(weights.nbytes for weights in plan.constants.values())


def header(plan: Plan, name: str, title: str, difference: float) -> str:
    """The text of `name.h`."""
    quantized = any(weights.scale is not None for weights in plan.constants.values())
    return HEADER.format(
        made=MADE,
        title=title,
        name=name,
        guard=name.upper(),
        inputs=_counted(plan.inputs),
        outputs=_counted(plan.outputs),
        plan_inputs=plan.inputs,
        plan_outputs=plan.outputs,
        flash=flash(plan),
        memory=4 * plan.memory,
        scheme=INT8 if quantized else FLOAT32,
        difference=difference,
    )


def source(plan: Plan, name: str) -> str:
    """The text of `name.c`."""
    names = {key: f"{name}_{re.sub(r'[^A-Za-z0-9]', '_', key)}" for key in plan.constants}
    kinds = {plan.constants[step.kernel].scale is not None for step in plan.steps if isinstance(step, Dense)}
    parts = [f'/* {name}: see {name}.h. {MADE} */\n#include <math.h>\n\n#include "{name}.h"\n']
    for key, weights in plan.constants.items():
        if weights.values.size > 1:  # a single number is written where it is used
            parts.append(_array(names[key], weights.values))
        if weights.scale is not None:
            parts.append(_array(f"{names[key]}_scale", weights.scale))
    parts += [text.format(name=name) for kind, text in ((False, DENSE), (True, DENSE_INT8)) if kind in kinds]
    loops = any(isinstance(step, Each) and step.out.size > 1 for step in plan.steps)
    declared = [f"    float m[{plan.memory}];\n"] * bool(plan.memory) + ["    int i;\n"] * loops
    steps = "".join(f"    {_statement(step, plan, name, names)}\n" for step in plan.steps)
    parts.append(f"void {name}_predict(const float *x, float *y)\n{{\n{''.join(declared)}\n{steps}}}\n")
    return "\n".join(parts)


def _statement(step: Step, plan: Plan, name: str, names: dict[str, str]) -> str:
    if isinstance(step, Dense):
        x, y, weights = _at(step.x, names), _at(step.out, names), plan.constants[step.kernel]
        if weights.scale is None:
            return f"{name}_dense({x}, {step.x.size}, {names[step.kernel]}, {step.out.size}, {y});"
        kernel = f"{names[step.kernel]}, {names[step.kernel]}_scale"
        return f"{name}_dense_int8({x}, {step.x.size}, {kernel}, {step.out.size}, {y});"
    given = [_number(view, plan, names, step.out.size) for view in step.inputs]
    if step.operation in SEVERAL:
        value = SEVERAL[step.operation].format(*given)
    else:
        value = UNARY[step.operation].format(x=given[0], slope=_literal(step.slope))
    assignment = f"{_number(step.out, plan, names, step.out.size)} = {value};"
    return assignment if step.out.size == 1 else f"for (i = 0; i < {step.out.size}; i++)\n        {assignment}"


def _at(view: View, names: dict[str, str]) -> str:
    place = names.get(view.place, view.place)
    return f"{place} + {view.offset}" if view.offset else place


def _number(view: View, plan: Plan, names: dict[str, str], size: int) -> str:
    """The i-th number of a view, in a loop over `size` numbers."""
    if view.place in plan.constants and plan.constants[view.place].values.size == 1:
        value = float(plan.constants[view.place].values.reshape(-1)[0])
        return _literal(value) if value >= 0 else f"({_literal(value)})"
    place = names.get(view.place, view.place)
    if view.size == 1:
        return f"{place}[{view.offset}]"
    return f"{place}[i + {view.offset}]" if view.offset else f"{place}[i]"


def _array(name: str, values: np.ndarray) -> str:
    integers = values.dtype == np.int8
    items = [str(value) if integers else _literal(value) for value in values.reshape(-1).tolist()]
    text = textwrap.fill(", ".join(items), 120, initial_indent="    ", subsequent_indent="    ")
    return f"static const {'signed char' if integers else 'float'} {name}[{len(items)}] = {{\n{text}\n}};\n"


def _literal(value: float) -> str:
    """A float32 that reads back as itself."""
    text = f"{np.float32(value):.9g}"
    return f"{text}f" if any(mark in text for mark in ".e") else f"{text}.0f"


def _counted(count: int) -> str:
    return f"{count} number{'s' if count > 1 else ''}"
