using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Functions between layers.</summary>
public enum Activation
{
    None,
    Relu,
    Tanh,
    Sigmoid,

    /// <summary>x Φ(x), with the error function.</summary>
    Gelu,

    /// <summary>x, or eˣ − 1 below zero.</summary>
    Elu,

    /// <summary>ln(1 + eˣ).</summary>
    Softplus,

    /// <summary>x/(1 + e⁻ˣ).</summary>
    Silu,

    /// <summary>Over the last dimension.</summary>
    Softmax,
}

internal static class ActivationFunctions
{
    public static Tensor Apply(this Activation activation, Tensor x) => activation switch
    {
        Activation.Relu => x.relu(),
        Activation.Tanh => x.tanh(),
        Activation.Sigmoid => x.sigmoid(),
        Activation.Gelu => x.gelu(),
        Activation.Elu => x.elu(),
        Activation.Softplus => x.softplus(),
        Activation.Silu => x.silu(),
        Activation.Softmax => x.softmax(-1),
        _ => x,
    };
}
