namespace Engine.Learn.Torch;

/// <summary>Kinds of arguments; the numbers are those of native/torch.cpp.</summary>
internal enum ArgumentTag
{
    None,
    Tensor,
    Tensors,
    OptionalTensors,
    Integer,
    Integers,
    Real,
    Reals,
    Bool,
    Text,
}
