namespace Engine.Learn.Ntk;

/// <summary>Activations of which the expectations under normal inputs are known in closed form.</summary>
public enum InfiniteWidthActivation
{
    Relu,
    Erf,
}
