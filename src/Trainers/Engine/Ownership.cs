namespace Extensions.ML.Trainers;

/// <summary>What is handed from what made it to what owns it.</summary>
static class Ownership
{
    /// <summary>Makes the owner of a resource. Where that fails nobody owns it, so it is disposed.</summary>
    /// <param name="resource">A network, or a model.</param>
    /// <param name="make">Makes the owner.</param>
    public static TOwner HandOver<TResource, TOwner>(this TResource resource, Func<TResource, TOwner> make) where TResource : IDisposable
    {
        try
        {
            return make(resource);
        }
        catch
        {
            resource.Dispose();
            throw;
        }
    }
}
